"""Ridge regression in the dual, for fewer examples than features."""

import numpy as np
from numpy.typing import NDArray


def dual_weights(kernel: NDArray[np.floating], target: NDArray[np.floating], penalty: float) -> NDArray[np.floating]:
    """How much S examples have to say on C targets (Hoerl and Kennard 1970, doi 10.2307/1267351), `(S, C)`.

    `kernel` `(S, S)` is how alike the examples are, `target` `(S, C)` what is to be told; how like them a new one is,
    `(S,)`, times what is returned, tells its targets. `penalty` is that on squared weights of the features.
    """
    return np.linalg.solve(kernel + penalty * np.eye(len(kernel), dtype=kernel.dtype), target)
