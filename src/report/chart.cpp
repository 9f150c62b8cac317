#include "report/chart.hpp"

#include "report/xml.hpp"

#include <algorithm>
#include <array>

namespace mingce {
namespace {

// One unit is a CSS pixel at the natural size of the drawing.
constexpr int width = 680;
constexpr int margin = 12, title_height = 34, legend_height = 26, label_height = 24;
constexpr int text_size = 13;
constexpr int bar_height = 22, bar_pitch = 34, bar_labels = 96, value_room = 64;
constexpr int column_area = 200;

struct Canvas {
  pugi::xml_document document;
  pugi::xml_node svg;

  Canvas(const Chart& chart, int height) {
    svg = document.append_child("svg");
    set(svg, "xmlns", "http://www.w3.org/2000/svg");
    set(svg, "viewBox", "0 0 " + std::to_string(width) + " " + std::to_string(height));
    set(svg, "role", "img");
    set(svg, "font-family", "黑体, SimHei, Noto Sans CJK SC, sans-serif");
    set(svg, "font-size", text_size);
    add_text(svg, "title", chart.title);
    add_text(svg, "desc", alternative_text(chart));
    rectangle(0, 0, width, height, "ffffff");
    text(width / 2, margin + text_size, "middle", chart.title, 16);
  }

  void rectangle(int x, int y, int w, int h, const std::string& colour) {
    auto node = svg.append_child("rect");
    set(node, "x", x);
    set(node, "y", y);
    set(node, "width", w);
    set(node, "height", h);
    set(node, "fill", "#" + colour);
  }
  void text(int x, int y, const char* anchor, const std::string& words, int size = text_size) {
    auto node = add_text(svg, "text", words);
    set(node, "x", x);
    set(node, "y", y);
    set(node, "text-anchor", anchor);
    if (size != text_size) set(node, "font-size", size);
  }
  std::string finish() const { return to_string(document.first_child()); }
};

std::int64_t greatest(const Chart& chart) {
  std::int64_t most = 1;
  for (auto& series : chart.series)
    for (auto value : series.values) most = std::max(most, value);
  return most;
}

/// `value` of `most` on a scale of `length`; what is not nought can be seen.
int scaled(std::int64_t value, std::int64_t most, int length) {
  auto size = int(double(value) / double(most) * length + 0.5);
  return value > 0 ? std::max(size, 1) : 0;
}

std::string draw_bars(const Chart& chart) {
  Canvas canvas(chart, title_height + margin + bar_pitch * int(chart.labels.size()));
  auto& values = chart.series.front().values;
  auto most = greatest(chart);
  int left = margin + bar_labels, top = title_height + margin / 2;
  for (std::size_t i = 0; i < chart.labels.size(); ++i, top += bar_pitch) {
    int length = scaled(values[i], most, width - left - value_room - margin);
    int baseline = top + bar_height - 6;
    canvas.text(left - 8, baseline, "end", chart.labels[i]);
    canvas.rectangle(left, top, length, bar_height, series_colour(0));
    canvas.text(left + length + 6, baseline, "start", std::to_string(values[i]));
  }
  return canvas.finish();
}

void draw_legend(const Chart& chart, int top, Canvas& canvas) {
  constexpr int entry_width = 90, mark = 12;
  int x = (width - entry_width * int(chart.series.size())) / 2;
  for (std::size_t i = 0; i < chart.series.size(); ++i, x += entry_width) {
    canvas.rectangle(x, top, mark, mark, series_colour(i));
    canvas.text(x + mark + 6, top + mark - 1, "start", chart.series[i].name);
  }
}

std::string draw_columns(const Chart& chart) {
  int top = title_height + text_size + 6, base = top + column_area;
  Canvas canvas(chart, base + label_height + legend_height + margin);
  auto most = greatest(chart);
  int groups = int(chart.labels.size()), members = int(chart.series.size());
  int pitch = (width - 2 * margin) / std::max(groups, 1);
  int column = std::clamp((pitch - 8) / members, 3, 40);
  canvas.rectangle(margin, base, width - 2 * margin, 1, "444444");
  for (int group = 0; group < groups; ++group) {
    int middle = margin + pitch * group + pitch / 2;
    canvas.text(middle, base + text_size + 6, "middle", chart.labels[std::size_t(group)]);
    int left = middle - column * members / 2;
    for (int member = 0; member < members; ++member, left += column) {
      auto value = chart.series[std::size_t(member)].values[std::size_t(group)];
      int height = scaled(value, most, column_area);
      canvas.rectangle(left, base - height, column - 1, height, series_colour(std::size_t(member)));
      canvas.text(left + column / 2, base - height - 4, "middle", std::to_string(value), 10);
    }
  }
  draw_legend(chart, base + label_height + 4, canvas);
  return canvas.finish();
}

} // namespace

const char* series_colour(std::size_t index) {
  constexpr std::array<const char*, 4> colours{"1f4e79", "d98b2b", "7f7f7f", "5a9bd5"};
  return colours[index % colours.size()];
}

std::string alternative_text(const Chart& chart) {
  std::string out;
  for (auto& series : chart.series) {
    out += (out.empty() ? "" : "；") + series.name + "：";
    for (std::size_t i = 0; i < chart.labels.size(); ++i)
      out += (i ? "，" : "") + chart.labels[i] + " " + std::to_string(series.values[i]) + " 件";
  }
  return out + "。";
}

std::string draw_svg(const Chart& chart) {
  return chart.kind == Chart::Kind::bars ? draw_bars(chart) : draw_columns(chart);
}

} // namespace mingce
