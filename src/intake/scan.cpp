#include "intake/scan.hpp"

#include "report/printed.hpp"
#include "report/tables.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace mingce {
namespace {

/// Column of the page → what stands in it, by the headings above.
using Columns = std::map<std::size_t, std::string>;

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

bool is_number(const std::string& text) {
  auto printed = read_printed(text, Unit::yuan);
  return printed.value && printed.plain;
}

bool has_numbers(const RawRow& row) {
  return std::ranges::any_of(row, [](auto& cell) { return is_number(cell.text); });
}

/// A caption may name the unit of its numbers; else it is that of the official form.
std::optional<Unit> unit_named_in(const std::string& caption) {
  if (caption.find("万元") != caption.npos) return Unit::yuan_shown_in_10k;
  if (folded(caption).find("单位:元") != std::string::npos) return Unit::yuan;
  return {};
}

/// The units of all cells that any edition has.
std::map<std::string, Unit> units_of(const Editions& editions) {
  std::map<std::string, Unit> units;
  for (auto& edition : editions.all())
    for (auto& place : places_of({&edition, &edition, &edition}))
      units.emplace(place.name(), place.unit);
  return units;
}

class Scan {
public:
  explicit Scan(const Editions& editions) : labels_(editions), units_(units_of(editions)) {}

  Found run(const Page& page) {
    for (auto& block : page.blocks) {
      if (auto* table = std::get_if<RawTable>(&block))
        for (auto& row : table->rows) take_row(row);
      else
        add_prose(std::get<std::string>(block));
    }
    return std::move(found_);
  }

private:
  enum class Context { none, figures, requests, disputes };

  void take_row(const RawRow& row) {
    if (take_heading(row)) return;
    in_heading_ = false;
    bool taken = (context_ == Context::figures && take_figures(row)) ||
                 (context_ == Context::requests && take_requests(row)) ||
                 (context_ == Context::disputes && take_disputes(row));
    if (!taken)
      for (auto& cell : row)
        if (!cell.covered && !is_number(cell.text)) add_prose(cell.text);
  }

  void add_prose(const std::string& text) {
    if (!is_blank(text)) found_.prose.append(text).append("\n");
  }

  // ── headings ──────────────────────────────────────────────────────────────────────────────────

  bool take_heading(const RawRow& row) {
    if (has_numbers(row)) return false;
    auto applicants = labelled(row, labels_.request_columns);
    auto results = labelled(row, labels_.dispute_columns);
    auto blocks = labelled(row, labels_.dispute_blocks);
    auto figures = labelled(row, labels_.figure_columns);
    if (tells_applicants(applicants)) {
      begin(Context::requests, row);
      merge(columns_, applicants);
      found_.tables.insert("requests");
      return true;
    }
    bool tells_results = distinct(results) >= 2;
    if (tells_results || (!blocks.empty() && distinct(blocks) == blocks_in(row, blocks))) {
      begin(Context::disputes, row);
      if (tells_results) merge(columns_, results);
      merge(blocks_, blocks);
      if (tells_results) found_.tables.insert("disputes");
      return true;
    }
    if (!figures.empty() && context_of_row_label(row) == Context::none) {
      begin(Context::figures, row);
      columns_ = figures;
      for (auto& [index, code] : figures)
        if (auto unit = unit_named_in(row[index].text)) units_named_[index] = *unit;
      return true;
    }
    return false;
  }

  /// How many different labels of blocks a row has: a sentence that mentions one is none.
  static std::size_t blocks_in(const RawRow& row, const Columns& blocks) {
    std::set<std::string> texts;
    for (auto& [index, code] : blocks) texts.insert(folded(row[index].text));
    return texts.size();
  }

  /// A row of table 二 without numbers begins with its label, a heading does not.
  Context context_of_row_label(const RawRow& row) const {
    return !row.empty() && labels_.figure_rows.find(row.front().text) ? Context::figures
                                                                      : Context::none;
  }

  static Columns labelled(const RawRow& row, const Vocabulary& vocabulary) {
    Columns out;
    for (std::size_t i = 0; i < row.size(); ++i)
      if (auto* code = vocabulary.find(row[i].text)) out[i] = *code;
    return out;
  }

  static std::size_t distinct(const Columns& columns) {
    std::set<std::string> codes;
    for (auto& [index, code] : columns) codes.insert(code);
    return codes.size();
  }

  /// 其他 and 总计 alone are rows as well.
  static bool tells_applicants(const Columns& columns) {
    bool telling = std::ranges::any_of(columns, [](auto& column) {
      return column.second != to_word(ApplicantKind::other_org) && column.second != total_column;
    });
    return telling && distinct(columns) >= 2;
  }

  /// Headings of several rows add up; the first after a row of numbers begins anew.
  void begin(Context context, const RawRow& row) {
    bool goes_on = in_heading_ && context == context_;
    if (!goes_on) {
      columns_.clear();
      blocks_.clear();
      units_named_.clear();
      width_ = 0;
    }
    context_ = context;
    in_heading_ = true;
    width_ = std::max(width_, row.size());
  }

  static void merge(Columns& into, const Columns& more) {
    for (auto& [index, code] : more) into[index] = code;
  }

  // ── rows of numbers ───────────────────────────────────────────────────────────────────────────

  bool take_figures(const RawRow& row) {
    if (row.empty()) return false;
    auto* code = labels_.figure_rows.find(row.front().text);
    if (!code) return false;
    for (auto& [column, indexes] : by_code(columns_)) {
      auto name = cell_name("proactive", *code, column);
      auto unit = units_.find(name);
      if (unit == units_.end()) continue;
      found_.tables.insert("proactive");
      bool money = unit->second != Unit::count;
      auto named = units_named_.find(indexes.front());
      put(name, row, indexes, money && named != units_named_.end() ? named->second : unit->second);
    }
    return true;
  }

  bool take_requests(const RawRow& row) {
    auto columns = request_columns_of(row);
    auto first = columns.empty() ? row.size() : columns.begin()->first;
    auto* code = row_label(row, first, labels_.request_rows);
    if (!code) return false;
    for (auto& [column, indexes] : by_code(columns))
      put(cell_name("requests", *code, column), row, indexes, Unit::count);
    return true;
  }

  /// Where the seven numbers of a row stand. A row that lost a cell on its left is aligned at its
  /// right; where the headings are not complete, the numbers are the last ones.
  Columns request_columns_of(const RawRow& row) const {
    constexpr std::size_t all = enum_size<ApplicantKind> + 1;
    Columns out;
    if (distinct(columns_) == all) {
      auto lost = row.size() < width_ ? width_ - row.size() : 0;
      for (auto& [index, code] : columns_)
        if (index >= lost && index - lost < row.size()) out[index - lost] = code;
      return out;
    }
    if (row.size() <= all) return out;
    auto& kinds = wire_words<ApplicantKind>();
    for (std::size_t i = 0; i < all; ++i)
      out[row.size() - all + i] = i < kinds.size() ? kinds[i] : std::string(total_column);
    return out;
  }

  /// The last label before the numbers: those before it are of the groups that it belongs to.
  static const std::string* row_label(const RawRow& row, std::size_t end,
                                      const Vocabulary& vocabulary) {
    for (auto i = std::min(end, row.size()); i-- > 0;)
      if (!is_blank(row[i].text)) return vocabulary.find(row[i].text);
    return nullptr;
  }

  bool take_disputes(const RawRow& row) {
    if (columns_.empty()) return false;
    auto first = columns_.begin()->first;
    auto* labelled_block = row_label(row, first, labels_.dispute_blocks);
    bool any_number = std::ranges::any_of(columns_, [&](auto& one) {
      return one.first < row.size() && is_number(row[one.first].text);
    });
    if (!labelled_block && !any_number) return false;
    auto blocks = blocks_of_columns();
    for (auto& [index, result] : columns_) {
      if (index >= row.size()) continue;
      auto block = labelled_block ? *labelled_block : blocks[index];
      if (!block.empty()) put(cell_name("disputes", block, result), row, {index}, Unit::count);
    }
    return true;
  }

  /// A heading of a block reaches to the right until the next one. Without complete headings the
  /// blocks follow in their order, five columns each.
  Columns blocks_of_columns() const {
    constexpr std::size_t results = enum_size<DisputeColumn> + 1;
    Columns out;
    if (distinct(blocks_) == enum_size<DisputeBlock>) {
      std::string current;
      auto next = blocks_.begin();
      for (auto& [index, result] : columns_) {
        for (; next != blocks_.end() && next->first <= index; ++next) current = next->second;
        out[index] = current;
      }
      return out;
    }
    if (columns_.size() != results * enum_size<DisputeBlock>) {
      for (auto& [index, result] : columns_)
        if (auto block = blocks_.find(index); block != blocks_.end()) out[index] = block->second;
      return out;
    }
    std::size_t place = 0;
    for (auto& [index, result] : columns_) out[index] = to_word(DisputeBlock(place++ / results));
    return out;
  }

  static std::map<std::string, std::vector<std::size_t>> by_code(const Columns& columns) {
    std::map<std::string, std::vector<std::size_t>> out;
    for (auto& [index, code] : columns) out[code].push_back(index);
    return out;
  }

  /// The first that says something of the places that are meant; blank if none does.
  void put(const std::string& name, const RawRow& row, const std::vector<std::size_t>& places,
           Unit unit) {
    std::string text;
    for (auto place : places)
      if (place < row.size() && !row[place].covered && is_blank(text)) text = row[place].text;
    auto& cell = found_.cells.try_emplace(name, FoundCell{text, unit}).first->second;
    if (is_blank(cell.text)) cell = {text, unit};
  }

  ReportLabels labels_;
  std::map<std::string, Unit> units_;
  Found found_;
  Context context_ = Context::none;
  bool in_heading_ = false;
  std::size_t width_ = 0; ///< of the heading
  Columns columns_, blocks_;
  std::map<std::size_t, Unit> units_named_;
};

// ── the flat form ───────────────────────────────────────────────────────────────────────────────

/// Where a heading row of the flat form has its members; all are there or it is none.
std::optional<std::map<std::string, std::size_t>> flat_heading(const Page& page) {
  auto* table = page.blocks.empty() ? nullptr : std::get_if<RawTable>(&page.blocks.front());
  if (!table || table->rows.empty()) return {};
  std::map<std::string, std::size_t> at;
  auto& heading = table->rows.front();
  for (std::size_t i = 0; i < heading.size(); ++i) at.try_emplace(folded(heading[i].text), i);
  for (auto* name : {"table", "row", "column", "value"})
    if (!at.contains(name)) return {};
  return at;
}

Found scan_flat(const RawTable& table, const std::map<std::string, std::size_t>& at,
                const Editions& editions) {
  Found found;
  auto units = units_of(editions);
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    auto& row = table.rows[i];
    auto text = [&](const char* name) {
      auto index = at.find(name)->second;
      return index < row.size() ? row[index].text : std::string();
    };
    auto name = cell_name(folded(text("table")), folded(text("row")), folded(text("column")));
    auto unit = units.find(name);
    if (unit == units.end()) continue;
    found.tables.insert(name.substr(0, name.find('/')));
    found.cells.try_emplace(name, FoundCell{text("value"), unit->second});
  }
  return found;
}

} // namespace

Found scan(const Page& page, const Editions& editions) {
  if (auto heading = flat_heading(page))
    return scan_flat(std::get<RawTable>(page.blocks.front()), *heading, editions);
  return Scan(editions).run(page);
}

} // namespace mingce
