"""Names of places as the article means them: one canonical name, a level, the district and province around it.

Type words come from the span (`TP. Lai Châu`), from the office around it (`Huyện ủy [Mường Tè]`), from a list
(`các xã: [Bản Giang], [Hồ Thầu]`), from another mention in the article, and last from the gazetteer, which is asked
only where one answer is left.
"""

from model.places.names import PlaceLevel
from model.places.resolve import Place, places

__all__ = ["Place", "PlaceLevel", "places"]
