"""The colours of figures, pages and tables: Okabe and Ito's palette, distinct for colour-blind eyes too."""

BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
PINK = "#CC79A7"
VIOLET = "#7A6BD1"  # like the red and the grey, it is added to the palette
RED = "#CC3311"  # of failures
SKY = "#56B4E9"
YELLOW = "#E69F00"
GREY = "#888888"


def rgb(colour: str) -> str:
    """The channels of a colour for CSS: "#0072B2" → "0,114,178"."""
    return ",".join(str(channel) for channel in bytes.fromhex(colour[1:]))
