"""Gaze2Report: reports from a chest film and the gaze of a reader. For research, not for diagnosis.

The one door from outside is `pipeline`; `examination` is what goes in and comes out there. The rest, by what it is for:

- films: `imaging`, `films`, and in collections `studies` (of `tables`), `indiana`
- gaze: `gaze`, `gaze_query`, and drawn over a film `drawing`
- findings: `findings`
- texts: `indication`, `report_text`, `scored_text`
- the model: `model`, `presets`, `hub`, `unreadable`
- behind the pipeline: `trained_model`, `gaze_prediction`, `film_inspection`, `report_drafting`, `keyword_report` with
  its `remembered_texts`, and decoding in `decoding_settings`, `generation`, `guidance`
- the command line: `cli`, `commands`, `progress`
- learning and measuring: `training`, `training_settings`, `evaluation`, `area_under_curve`
- the machine: `cores`, `whole_files`
"""

__version__ = "0.1.0"
