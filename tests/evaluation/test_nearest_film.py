"""The nearest training film, with a small model's encoder on drawn chests."""

from pathlib import Path

from gaze2report_core.evaluation.nearest_film import nearest_training_reports
from tests.drawn_films import CLEAR_LUNGS, LARGE_HEART, write_film


def test_a_film_gets_the_report_of_the_most_similar_training_film_but_never_its_own(
    tmp_path: Path, small_model_folder: Path
) -> None:
    for name, drawing in (("large", LARGE_HEART), ("large_again", LARGE_HEART), ("clear", CLEAR_LUNGS)):
        write_film(tmp_path / f"{name}.png", drawing)
    (tmp_path / "letter.png").write_bytes(b"%PDF-1.7")
    studies = tmp_path / "studies.csv"
    studies.write_text("uid,frontal\n1,large.png\n2,clear.png\n3,large_again.png\n4,letter.png\n")
    training = {"1": "The heart is enlarged.", "2": "The lungs are clear."}

    found = nearest_training_reports(["3", "1", "4"], training, studies, tmp_path, str(small_model_folder))

    assert found == {"3": "The heart is enlarged.", "1": "The lungs are clear.", "4": ""}
