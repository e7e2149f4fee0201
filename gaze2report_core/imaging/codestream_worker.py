"""One frame on standard input, its samples on standard output: run as a process of its own by `codestream_plugin`.

It imports nothing but the codec, to start quickly. The first line of its input says which that is, the rest is the
frame. The samples of a pixel lie together, each in one, two or four little-endian bytes.
"""

import sys


def jpeg2000_samples(frame: bytes) -> bytes:
    """Of a JPEG 2000 or HTJ2K frame."""
    from openjpeg import decode_pixel_data

    return bytes(decode_pixel_data(frame, version=2))


def jpeg_ls_samples(frame: bytes) -> bytes:
    """Of a JPEG-LS frame, which may hold its colours one after the other."""
    import numpy as np
    from jpeg_ls import decode_pixel_data  # type: ignore[import-untyped]

    samples, found = decode_pixel_data(frame)
    if found["components"] == 1 or found["interleave_mode"] != 0:
        return bytes(samples)
    planes = np.frombuffer(samples, "<u1" if found["bits_per_sample"] <= 8 else "<u2")
    return planes.reshape(found["components"], -1).T.tobytes()


if __name__ == "__main__":
    codec = {b"JPEG 2000": jpeg2000_samples, b"JPEG-LS": jpeg_ls_samples}[sys.stdin.buffer.readline().strip()]
    sys.stdout.buffer.write(codec(sys.stdin.buffer.read()))
