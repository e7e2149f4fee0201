"""Sums of what is in memory, by reader and in all."""

from app.tally import NOTHING, Amount, Tally


def test_what_comes_and_goes_is_counted_for_its_reader_and_in_all() -> None:
    tally = Tally()
    tally.add("ada", Amount(1, 10))
    tally.add("ada", Amount(0, 5))
    tally.add("bob", Amount(1, 7))
    assert (tally.of("ada"), tally.of("bob"), tally.of_all) == (Amount(1, 15), Amount(1, 7), Amount(2, 22))
    tally.take("ada", Amount(1, 15))
    tally.take("bob", Amount(1, 7))
    assert tally.of("ada") == tally.of("bob") == tally.of_all == NOTHING
    tally.take("ada", NOTHING)  # as an upload does of which nothing arrived
    assert tally._by_reader == {}, "readers who have nothing fill no memory"


def test_an_amount_fits_where_neither_files_nor_bytes_are_too_many() -> None:
    most = Amount(2, 10)
    assert most.fits_in(most)
    assert not Amount(3, 10).fits_in(most) and not Amount(2, 11).fits_in(most)
