"""Vietnamese labels of the vocabulary, one place for every screen, mail and report."""

from __future__ import annotations

from datetime import date, timedelta

from langnghe.analysis import AgencyMention, Intent, PlaceMention, Stance, Tone, Topic
from langnghe.document import Channel, DocumentKind
from langnghe.source import Health, OutletKind, SourceKind

TOPIC_LABELS: dict[str, str] = {
    Topic.Y_TE: "Y tế",
    Topic.GIAO_DUC: "Giáo dục",
    Topic.GIAO_THONG: "Giao thông",
    Topic.DO_THI_DAT_DAI: "Đô thị, đất đai",
    Topic.MOI_TRUONG_THIEN_TAI: "Môi trường, thiên tai",
    Topic.KINH_TE: "Kinh tế",
    Topic.LAO_DONG_AN_SINH: "Lao động, an sinh",
    Topic.AN_NINH_TRAT_TU: "An ninh trật tự",
    Topic.PHAP_LUAT: "Pháp luật",
    Topic.HANH_CHINH: "Hành chính",
    Topic.NONG_NGHIEP: "Nông nghiệp",
    Topic.NANG_LUONG: "Năng lượng",
    Topic.CONG_NGHE: "Công nghệ",
    Topic.VAN_HOA_DU_LICH: "Văn hóa, du lịch",
    Topic.GIAI_TRI: "Giải trí",
    Topic.THE_THAO: "Thể thao",
    Topic.THE_GIOI: "Thế giới",
    Topic.QUOC_PHONG_DOI_NGOAI: "Quốc phòng, đối ngoại",
    Topic.DOI_SONG: "Đời sống",
}
TONE_LABELS: dict[str, str] = {
    Tone.NEGATIVE: "Tiêu cực",
    Tone.NEUTRAL: "Trung tính",
    Tone.POSITIVE: "Tích cực",
}
STANCE_LABELS: dict[str, str] = {
    Stance.NONE: "Không liên quan",
    Stance.NEGATIVE: "Phê bình",
    Stance.NEUTRAL: "Trung tính",
    Stance.POSITIVE: "Ghi nhận",
}
INTENT_LABELS: dict[str, str] = {
    Intent.COMPLAINT: "Phản ánh, bức xúc",
    Intent.SUGGESTION: "Góp ý, kiến nghị",
    Intent.QUESTION: "Câu hỏi",
    Intent.PRAISE: "Khen, cảm ơn",
    Intent.OTHER: "Khác",
}
KIND_LABELS: dict[str, str] = {
    DocumentKind.ARTICLE: "Báo chí",
    DocumentKind.POST: "Mạng xã hội",
    DocumentKind.COMMENT: "Bình luận",
}
CHANNEL_LABELS: dict[str, str] = {
    Channel.FEED: "Nguồn cấp tin",
    Channel.PAGE: "Trang bài",
    Channel.SITEMAP: "Sơ đồ trang",
    Channel.API: "Giao diện chính thức",
    Channel.MANUAL: "Thêm tay",
    Channel.MAILBOX: "Hộp thư chuyển tiếp",
    Channel.IMPORT: "Nhập tệp",
}
OUTLET_KIND_LABELS: dict[str, str] = {
    OutletKind.NATIONAL: "Báo trung ương",
    OutletKind.LOCAL: "Báo địa phương",
    OutletKind.PORTAL: "Cổng thông tin",
    OutletKind.TRADE: "Báo ngành",
    OutletKind.SOCIAL: "Mạng xã hội",
}
SOURCE_KIND_LABELS: dict[str, str] = {
    SourceKind.FEED: "RSS",
    SourceKind.SITEMAP: "Sơ đồ trang tin",
    SourceKind.SECTION: "Trang chuyên mục",
    SourceKind.YOUTUBE: "YouTube",
    SourceKind.FACEBOOK: "Facebook (trang của cơ quan)",
    SourceKind.MASTODON: "Mastodon",
    SourceKind.BLUESKY: "Bluesky",
    SourceKind.REDDIT: "Reddit",
    SourceKind.TELEGRAM: "Telegram",
    SourceKind.ZALO: "Zalo OA",
    SourceKind.MAILBOX: "Hộp thư",
}
HEALTH_LABELS: dict[str, str] = {
    Health.UNTRIED: "Chưa kiểm tra",
    Health.GOOD: "Tốt",
    Health.SILENT: "Im lặng bất thường",
    Health.FAILING: "Đang lỗi",
    Health.DISABLED: "Đã tắt",
}
IMPORT_STAGE_LABELS: dict[str, str] = {
    "reading": "Đang đọc cột",
    "mapping": "Chờ gán cột",
    "trying": "Đang xem thử",
    "tried": "Chờ xác nhận nhập",
    "running": "Đang nhập",
    "done": "Đã nhập",
    "stopped": "Đã dừng",
    "failed": "Không nhập được",
}
ALERT_LEVEL_LABELS: dict[int, str] = {1: "Theo dõi", 2: "Chú ý", 3: "Khẩn"}

UNSURE = "chưa rõ"


def place_note(place: PlaceMention) -> str:
    """Return what must be said beside a unit's name: until when it was valid, or that it is open
    which of several units of this name is meant; "" for most."""
    if place.valid_until:
        return before_note(place.valid_until)
    return "" if place.code or place.province else "nhiều nơi cùng tên, chưa rõ nơi nào"


def before_note(valid_until: str) -> str:
    """Return "trước 01/7/2025" for a unit whose last day (ISO) was 30/6/2025."""
    first_day = date.fromisoformat(valid_until) + timedelta(days=1)
    return f"trước {first_day:%d}/{first_day.month}/{first_day.year}"


def agency_note(agency: AgencyMention) -> str:
    """Return where the body is, where its name does not say so, and the office named with it."""
    where = "" if agency.place in agency.name else agency.place
    return ", ".join(part for part in (agency.role, where) if part)


ERROR_SENTENCES: dict[str, str] = {
    "error": "Có lỗi chưa lường trước. Dữ liệu đã thu vẫn được giữ; xem nhật ký để biết chi tiết.",
    "source": "Một nguồn tin không đọc được. Các nguồn khác vẫn chạy, hệ thống sẽ tự thử lại.",
    "fetch": "Không tải được nguồn tin (mạng hoặc máy chủ). Hệ thống sẽ tự thử lại.",
    "robots": "Trang này không cho phép máy đọc (robots.txt). LangNghe tôn trọng và không đọc.",
    "address": "Đây không phải địa chỉ web công khai (máy này, mạng nội bộ hay kèm mật khẩu) nên "
    "LangNghe không đọc. Hãy dùng địa chỉ http hoặc https mà ai cũng mở được.",
    "feed-parse": "Nguồn có trả lời nhưng không phải nguồn cấp tin. Hãy kiểm tra lại địa chỉ.",
    "document": "Một tin bài không xử lý được và đã được giữ riêng để xem lại, không bị mất.",
    "invalid-document": "Dữ liệu thiếu hoặc sai nên không dùng được; hãy sửa rồi làm lại.",
    "analysis": "Chưa phân tích được một lô tin bài; tin vẫn trong hàng chờ và sẽ được thử lại.",
    "model-unavailable": "Mô hình chưa được cài hoặc không khớp thẻ mô hình. "
    "Hãy chạy: langnghe doctor.",
    "query": "Câu tìm kiếm chưa đúng cú pháp.",
    "backup": "Không sao lưu hoặc khôi phục được từ tệp này; dữ liệu đang có không bị thay đổi. "
    "Hãy xem lý do, chọn bản sao lưu khác hoặc làm lại.",
    "claim": "Đính chính hoặc gợi ý kiểm chứng này chưa đủ điều kiện nên chưa ghi; hãy xem lại.",
    "topic": "Chủ đề này không còn, hoặc tên đã có; không có gì bị thay đổi.",
    "draft-changed": "Bản nháp đã được người khác sửa; thay đổi của bạn chưa lưu. Hãy mở lại.",
    "not-found": "Không tìm thấy mục này; có thể đã được gộp, giải quyết hoặc xóa.",
    "ledger-unavailable": "Sổ cái không ghi được (máy chủ dữ liệu ngừng, bị khóa, hết chỗ đĩa). "
    "Tin đã ghi vẫn còn nguyên; hệ thống sẽ tự thử lại khi có chỗ. Hãy chạy: langnghe doctor.",
    "store": "Kho tìm kiếm gặp lỗi. Tin bài vẫn được lưu đủ trong sổ cái.",
    "store-unavailable": "Kho tìm kiếm không trả lời. Tin bài vẫn được lưu, sẽ lập chỉ mục sau.",
    "index-outdated": "Chỉ mục thuộc phiên bản khác. Hãy chạy: langnghe reindex.",
    "delivery": "Thư chưa gửi được.",
    "delivery-temporary": "Thư tạm thời chưa gửi được, hệ thống sẽ gửi lại.",
    "delivery-permanent": "Thư không gửi được, hãy kiểm tra địa chỉ rồi bấm “Gửi lại”.",
    "config": "Cấu hình chưa đúng.",
    "import-file": "Không đọc được tệp này. Cần tệp CSV, XLSX hoặc JSON Lines còn nguyên vẹn; "
    "tệp .xls cũ thì mở bằng Excel rồi lưu lại thành .xlsx.",
    "import-empty": "Tệp không có dòng tin nào đọc được: tệp trống, chỉ có hàng tiêu đề, hoặc tin "
    "nằm ở trang tính khác trang đầu. Hãy mở tệp xem lại, lưu rồi nhập lại.",
    "import-columns": "Không rõ cột nào là tít, cột nào là nội dung. Hãy gán ít nhất một trong "
    "hai, ví dụ: --map title=“Tiêu đề” hay --map text=“Nội dung”. Các cột của tệp:",
    "already-running": "LangNghe đang chạy trên thư mục dữ liệu này rồi. "
    "Hãy dừng dịch vụ đó trước, hoặc chọn thư mục khác (LANGNGHE_DATA_DIR hay --data-dir).",
    "port-in-use": "Cổng của phòng theo dõi đang bị chương trình khác dùng. "
    "Hãy chọn cổng khác, ví dụ: --port 8700 (với demo và replay: --web-port 8700).",
    "data-dir": "Không ghi được vào thư mục dữ liệu. Hãy kiểm tra đường dẫn, quyền ghi và chỗ đĩa.",
}


def lasted(span: timedelta) -> str:
    """Return how long something took, in its two largest units: "3 giờ 41 phút"."""
    minutes = int(span / timedelta(minutes=1))
    if minutes < 60:
        return f"{minutes} phút"
    whole, rest = divmod(minutes, 60)
    units = ("giờ", "phút")
    if whole >= 24:
        (whole, rest), units = divmod(whole, 24), ("ngày", "giờ")
    return f"{whole} {units[0]} {rest} {units[1]}" if rest else f"{whole} {units[0]}"


def label(labels: dict[str, str], value: str) -> str:
    """Return the Vietnamese label of ``value``, or the value itself when it has none."""
    return labels.get(value, value)


LABEL_NAMES = {
    "topic": "lĩnh vực",
    "tone": "sắc thái",
    "stance": "với cơ quan nhà nước",
    "intent": "ý định",
}
"""What the four automatic labels are called in a sentence."""
