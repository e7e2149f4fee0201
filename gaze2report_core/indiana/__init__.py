"""Makes a studies table of the Indiana collection from the files in which others have it.

- Kaggle's copy, two tables, one of reports and one of films with their projections: `kaggle`
- the collection as its home, Open-i, hands it out, an XML file for each study: `openi`, and read safely `openi_xml`;
  from where its films were taken, which it does not say: `openi_views`
- R2Gen's annotation, with the split that the literature uses and the text that it compares with: `r2gen`
- what comes of them: `table`
"""

from gaze2report_core.indiana.kaggle import table_of_kaggle
from gaze2report_core.indiana.openi import OpeniStudy, read_openi, table_of_openi
from gaze2report_core.indiana.openi_views import FilmViews, views_by_looks, views_of_projections
from gaze2report_core.indiana.table import write_studies

__all__ = [
    "FilmViews",
    "OpeniStudy",
    "read_openi",
    "table_of_kaggle",
    "table_of_openi",
    "views_by_looks",
    "views_of_projections",
    "write_studies",
]
