#include "report/render_receipt.hpp"

#include "report/html.hpp"

#include <qrencode.h>

#include <memory>
#include <string_view>

namespace mingce {
namespace {

/// What a code of moderate size holds; longer proofs stand in several, to be read one after the
/// other.
constexpr std::size_t bytes_in_a_code = 1'200;
constexpr int quiet_zone = 4;

constexpr std::string_view style = R"(
body{font:11pt/1.5 "Noto Serif CJK SC","Songti SC",SimSun,serif;max-width:180mm;margin:10mm auto}
h1{font-size:16pt;text-align:center}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #444;padding:1.5mm 3mm;text-align:left;vertical-align:top}
th{width:32mm;font-weight:normal;background:#f2f2f2}
td{word-break:break-all}
.codes{display:flex;flex-wrap:wrap;gap:6mm;justify-content:center;margin:6mm 0}
.codes svg{width:78mm;height:78mm}
p{font-size:9.5pt}
@page{size:A4;margin:12mm}
)";

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

/// One code as a drawing: a path over its dark modules.
std::string drawing(std::string_view text) {
  std::unique_ptr<QRcode, FreeCode> code(QRcode_encodeData(
      int(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L));
  if (!code) return {};
  std::string path;
  for (int y = 0; y < code->width; ++y)
    for (int x = 0; x < code->width; ++x)
      if (code->data[y * code->width + x] & 1)
        path += "M" + std::to_string(x + quiet_zone) + " " + std::to_string(y + quiet_zone) +
                "h1v1h-1z";
  auto side = std::to_string(code->width + 2 * quiet_zone);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
         "\" role=\"img\" aria-label=\"登记回执的证明\" shape-rendering=\"crispEdges\">"
         "<rect width=\"" +
         side + "\" height=\"" + side +
         "\" fill=\"#fff\"/>"
         "<path d=\"" +
         path + "\" fill=\"#000\"/></svg>";
}

std::string drawings(std::string_view text) {
  std::string out;
  auto codes = (text.size() + bytes_in_a_code - 1) / bytes_in_a_code;
  auto each = (text.size() + codes - 1) / codes;
  for (; !text.empty(); text.remove_prefix(std::min(each, text.size())))
    out += drawing(text.substr(0, each));
  return html_element("div", out, "class=\"codes\"");
}

} // namespace

std::string render_receipt(const ReceiptPage& page) {
  auto row = [](std::string_view heading, const std::string& text) {
    return html_row(heading, html_text(text));
  };
  auto rows =
      row("登记号", page.register_no) + row("登记机关", page.organ) + row("收到日期", page.on) +
      row("登记时刻", page.recorded_at) + row("日志序号", std::to_string(page.seq)) +
      row("条目散列", page.leaf_hash) + row("日志", page.origin) +
      row("检查点", std::to_string(page.size) + " 条，根 " + page.root) + row("公钥", page.key);
  auto body =
      html_element("h1", "政府信息公开申请登记回执") + html_element("table", rows) +
      drawings(page.proof) +
      html_element("p", "二维码依次读出并连接，即为本回执的证明文件（.tlog-proof）。用 mingce "
                        "verify --proof 或任何 C2SP tlog-proof 验证工具，可随时离线核验该登记"
                        "在册且未被改动。本页不含个人信息。");
  return html_page("登记回执 " + page.register_no, style, body);
}

} // namespace mingce
