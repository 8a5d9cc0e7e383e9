"""Vietnamese as it was typed before Unicode, made from Unicode for the tests."""

from __future__ import annotations

import unicodedata

# Written out apart from the product's tables, letter by letter as the fonts show them.
_LETTERS = "àảãáạ ằẳẵắặ ầẩẫấậ ă â đ èẻẽéẹ ềểễếệ ê ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ô ơ ùủũúụ ừửữứự ư ỳỷỹýỵ"
_TCVN3 = (
    "B5B6B7B8B9 BBBCBDBEC6 C7C8C9CACB A8 A9 AE CCCECFD0D1 D2D3D4D5D6 AA D7D8DCDDDE DFE1E2E3E4 "
    "E5E6E7E8E9 EAEBECEDEE AB AC EFF1F2F3F4 F5F6F7F8F9 AD FAFBFCFDFE"
)
_TCVN3_CAPITALS = dict(zip("ĂÂÊÔƠƯĐ", "¡¢£¤¥¦§", strict=True))
_VNI = (
    "aø aû aõ aù aï aè aú aü aé aë aà aå aã aá aä aê aâ ñ eø eû eõ eù eï eà eå eã eá eä eâ ì æ ó í "
    "ò oø oû oõ où oï oà oå oã oá oä ôø ôû ôõ ôù ôï oâ ô uø uû uõ uù uï öø öû öõ öù öï ö yø yû yõ "
    "yù î"
)
_PLAIN = _LETTERS.replace(" ", "")
TO_TCVN3 = dict(zip(_PLAIN, bytes.fromhex(_TCVN3).decode("latin-1"), strict=True))
TO_VNI = dict(zip(_PLAIN, _VNI.split(), strict=True))


def tcvn3(text: str) -> str:
    """Return ``text`` as TCVN3; a capital with a tone has only its small letter there."""
    codes = TO_TCVN3 | _TCVN3_CAPITALS
    return "".join(
        codes.get(char) or codes.get(char.lower(), char)
        for char in unicodedata.normalize("NFC", text)
    )


def vni(text: str) -> str:
    """Return ``text`` as VNI-Windows."""
    return "".join(
        TO_VNI.get(char) or TO_VNI.get(char.lower(), char.lower()).upper()
        if char.isupper()
        else TO_VNI.get(char, char)
        for char in unicodedata.normalize("NFC", text)
    )
