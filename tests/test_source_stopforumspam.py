"""What recorded answers cannot show of StopForumSpam: mail addresses are never sent as they are."""

import hashlib

from ioclib.indicators import Email
from ioclib.sources import stopforumspam


def test_a_mail_address_is_sent_as_its_hash() -> None:
    request = stopforumspam.request_email(Email("Offers+1@Spam.example"))
    expected = hashlib.md5(b"offers+1@spam.example", usedforsecurity=False).hexdigest()
    assert dict(request.params) == {"f": "json", "emailhash": expected}
