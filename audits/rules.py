"""Who reads figures: rules that read like the contract they implement."""

from organisations.hands import Hand


def reads_the_city(hand: Hand) -> bool:
    """Whoever holds an office of a city, over all of its units."""
    return bool(hand.cities)


def reads_figures(hand: Hand) -> bool:
    """Whoever serves a city, of its units; whoever chairs a unit, of theirs."""
    return reads_the_city(hand) or bool(hand.units_chaired)
