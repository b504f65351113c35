"""Give models away so that others can trust and use them.

result = bundle("my_language", "my_bundle", licence="cc0-1.0", language="ko")   # files, card, numbers, sums
print(result)                                                                   # what was checked
print(push("my_bundle", "ann/ko-tales", dry_run=True))                          # what would be sent
print(push("my_bundle", "ann/ko-tales"))                                        # hub:ann/ko-tales@8c1f…
check_bundle("hub:ann/ko-tales", "test.txt")                                    # a stranger's, before use
"""

from tutorlm.sharing.bundle import bundle, renew_sums
from tutorlm.sharing.check import Checked, check_bundle
from tutorlm.sharing.upload import Shipment, entry, push

__all__ = ["Checked", "Shipment", "bundle", "check_bundle", "entry", "push", "renew_sums"]
