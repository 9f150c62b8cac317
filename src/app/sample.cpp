#include "app/sample.hpp"

#include "report/glossary.hpp"

#include <algorithm>

namespace mingce {
namespace {

constexpr const char* rule = "sha256(seed || 0x00 || id), the smallest first";

bool is_drawn_from(const RegisteredRequest& row, const OrganSet& organs, const Period& received) {
  auto& on = row.state.received_on;
  return organs.contains(row.organ) && on && *on >= received.from && *on <= received.to;
}

json::object item_of(const Digest& lot, const RegisteredRequest& row) {
  auto& conclusion = row.state.conclusion;
  json::object out{{"digest", to_hex(lot)},
                   {"register_no", row.register_no},
                   {"id", row.id.hex()},
                   {"organ", row.organ},
                   {"state", to_word(row.state.state())}};
  out["received_on"] = or_null(row.state.received_on);
  out["outcome"] = or_null(conclusion ? std::optional{conclusion->outcome} : std::nullopt);
  return out;
}

constexpr ListColumn columns[] = {{"register_no", "登记号"},
                                  {"organ", "机关"},
                                  {"state", "状态", named<CaseState>},
                                  {"received_on", "收到日期"},
                                  {"outcome", "办理结果", named<Outcome>},
                                  {"id", "id"},
                                  {"digest", "摘要"},
                                  {"seed", nullptr},
                                  {"population", nullptr},
                                  {"as_of", nullptr}};

std::string header_of(const json::object& sample) {
  auto text = [&](const char* member) {
    auto& value = sample.at(member);
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
  };
  auto position = json::serialize(sample.at("as_of").at("seq"));
  return "随机抽样：" + text("name") + "（" + text("organ") +
         (text("scope") == "region" ? "，含所有下级" : "") + "），" + text("from") + " 至 " +
         text("to") + " 收到的申请，日志第 " + position + " 条所知\n总体 " + text("population") +
         " 件，抽取 " + std::to_string(sample.at("items").as_array().size()) + " 件，种子 " +
         text("seed") +
         "\n总体：登记在上述机关、收到日期在该时段内的全部申请，作废、拆分和其他事由的也在内。\n"
         "抽法：每件计算 SHA-256（种子的 UTF-8 字节，一个零字节，id 的 16 个字节），"
         "取最小的若干件，从小到大排列。\n"
         "How it is drawn: for every request received in that time, SHA-256 of the seed's UTF-8 "
         "bytes,\na zero byte and the 16 bytes of its id (32 hexadecimal digits); the smallest "
         "ones, in that order.\n\n";
}

} // namespace

Digest lot_of(std::string_view seed, const StreamId& id) {
  std::string bytes(seed);
  bytes += '\0';
  bytes.append(id.bytes.begin(), id.bytes.end());
  return sha256(bytes);
}

std::vector<std::pair<Digest, StreamId>> draw(std::string_view seed, std::span<const StreamId> ids,
                                              std::uint64_t size) {
  std::vector<std::pair<Digest, StreamId>> lots;
  for (auto& id : ids) lots.emplace_back(lot_of(seed, id), id);
  auto drawn = lots.begin() + std::ptrdiff_t(std::min<std::uint64_t>(size, lots.size()));
  std::ranges::partial_sort(lots, drawn);
  lots.erase(drawn, lots.end());
  return lots;
}

Result<json::object> sample_view(const Register& reg, const SampleQuery& query) {
  auto organs = organs_in(reg, query.organ, query.scope);
  if (!organs) return organs.error();
  std::vector<StreamId> population;
  for (auto& row : reg.requests())
    if (is_drawn_from(row, *organs, query.received)) population.push_back(row.id);
  json::array items;
  for (auto& [lot, id] : draw(query.seed, population, query.size))
    items.push_back(item_of(lot, *reg.find_request(id)));
  return json::object{{"organ", query.organ},
                      {"name", reg.organs().find(query.organ)->second.name},
                      {"scope", to_word(query.scope)},
                      {"from", to_string(query.received.from)},
                      {"to", to_string(query.received.to)},
                      {"as_of", position_view(reg)},
                      {"seed", query.seed},
                      {"size", query.size},
                      {"population", population.size()},
                      {"rule", rule},
                      {"items", std::move(items)}};
}

std::string render_sample(const json::object& sample, ListFormat format) {
  if (format == ListFormat::json) return json::serialize(sample) + "\n";
  ListWriter rows(columns, format);
  for (auto& item : sample.at("items").as_array()) {
    auto row = item.as_object();
    for (auto* member : {"seed", "population"}) row[member] = sample.at(member);
    row["as_of"] = sample.at("as_of").at("seq");
    rows.add(row);
  }
  return (format == ListFormat::text ? header_of(sample) : std::string{}) + rows.finish();
}

} // namespace mingce
