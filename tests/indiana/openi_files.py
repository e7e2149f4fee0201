"""Files as Open-i has them, in the form of its own."""

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

FORM = """<?xml version="1.0" encoding="utf-8"?>
<eCitation>
   <meta type="rr"/>
   <uId id={uid}/>
   <pmcId id={number}/>
   <docSource>CXR</docSource>
   <IUXRId id={number}/>
   <licenseType>open-access</licenseType>
   <title>Indiana University Chest X-ray Collection</title>
   <MedlineCitation Owner="Indiana University" Status="supplied by publisher">
      <Article PubModel="Electronic">
         <ArticleTitle>Indiana University Chest X-ray Collection</ArticleTitle>
         <Abstract>
{sections}
         </Abstract>
      </Article>
   </MedlineCitation>
   <MeSH>
{labels}
      <automatic>of a program</automatic>
   </MeSH>
{films}
</eCitation>
"""
FILM = """   <parentImage id={name}>
      <figureId>F1</figureId>
      <caption>Xray Chest PA and Lateral</caption>
      <panel type="single">
         <url>/hadoop/storage/radiology/extract/film.jpg</url>
      </panel>
   </parentImage>"""


def openi_xml(
    uid: str = "CXR1",
    *,
    comparison: str = "",
    indication: str = "",
    findings: str = "",
    impression: str = "",
    labels: tuple[str, ...] = ("normal",),
    films: tuple[str, ...] = (),
) -> str:
    """The text of a file; a section without text is there and empty, as it is in Open-i's."""
    sections = {"COMPARISON": comparison, "INDICATION": indication, "FINDINGS": findings, "IMPRESSION": impression}
    return FORM.format(
        uid=quoteattr(uid),
        number=quoteattr(uid.removeprefix("CXR")),
        sections="\n".join(
            f"            <AbstractText Label={quoteattr(label)}>{escape(text)}</AbstractText>"
            for label, text in sections.items()
        ),
        labels="\n".join(f"      <major>{escape(label)}</major>" for label in labels),
        films="\n".join(FILM.format(name=quoteattr(name)) for name in films),
    )


def write_three_studies(folder: Path) -> Path:
    """The studies of `test_kaggle`, of which the third has no film, in the folder that Open-i's archive unpacks to."""
    reports = folder / "ecgen-radiology"
    reports.mkdir()
    (reports / "1.xml").write_text(
        openi_xml(
            comparison="None.",
            indication="pain, fever",
            findings="The heart is large.\n   There is a left effusion.",
            impression="Large heart.",
            labels=("Cardiomegaly/mild", "Pleural Effusion/left"),
            films=("CXR1_1_IM-0001-3001", "CXR1_1_IM-0001-4001"),
        )
    )
    (reports / "2.xml").write_text(
        openi_xml("CXR2", indication="cough", impression="Normal chest.", films=("CXR2_IM-0652-1001",))
    )
    (reports / "10.xml").write_text(openi_xml("CXR10", findings="The lungs are clear."))
    return reports


PROJECTIONS_OF_THREE = (
    "uid,filename,projection\n1,1_IM-0001-4001.dcm.png,Frontal\n1,1_IM-0001-3001.dcm.png,Lateral\n"
    "2,2_IM-0652-1001.dcm.png,Frontal\n"
)
"""What Kaggle says of their films."""
