#include "report/chart_xml.hpp"

#include "report/xml.hpp"

namespace mingce {
namespace {

constexpr const char *category_axis = "10", *value_axis = "20";

void option(pugi::xml_node parent, const char* name, const std::string& value) {
  add(parent, name, "val", value);
}

void add_title(pugi::xml_node chart, const std::string& text) {
  auto title = chart.append_child("c:title");
  auto rich = title.append_child("c:tx").append_child("c:rich");
  rich.append_child("a:bodyPr");
  auto run = rich.append_child("a:p").append_child("a:r");
  set(add(run, "a:rPr", "lang", "zh-CN"), "sz", 1200);
  add_text(run, "a:t", text);
  option(title, "c:overlay", "0");
}

/// The size of the text of a part, in hundredths of a point.
void size_text(pugi::xml_node part, int size) {
  auto text = part.append_child("c:txPr");
  text.append_child("a:bodyPr");
  set(text.append_child("a:p").append_child("a:pPr").append_child("a:defRPr"), "sz", size);
}

void leave_out_line(pugi::xml_node part) {
  part.append_child("c:spPr").append_child("a:ln").append_child("a:noFill");
}

/// A point of a literal list.
void add_point(pugi::xml_node list, std::size_t index, const std::string& value) {
  add_text(add(list, "c:pt", "idx", std::to_string(index)), "c:v", value);
}

void add_series(pugi::xml_node plot, const Chart& chart, std::size_t index) {
  auto& series = chart.series[index];
  auto node = plot.append_child("c:ser");
  option(node, "c:idx", std::to_string(index));
  option(node, "c:order", std::to_string(index));
  add_text(node.append_child("c:tx"), "c:v", series.name);
  option(node.append_child("c:spPr").append_child("a:solidFill"), "a:srgbClr",
         series_colour(index));
  option(node, "c:invertIfNegative", "0");
  auto labels = node.append_child("c:dLbls");
  size_text(labels, chart.labels.size() > 8 ? 600 : 900); // so that they stand beside each other
  for (auto* shown : {"c:showLegendKey", "c:showVal", "c:showCatName", "c:showSerName",
                      "c:showPercent", "c:showBubbleSize"})
    option(labels, shown, std::string_view(shown) == "c:showVal" ? "1" : "0");
  auto categories = node.append_child("c:cat").append_child("c:strLit");
  auto values = node.append_child("c:val").append_child("c:numLit");
  add_text(values, "c:formatCode", "0");
  for (auto list : {categories, values})
    option(list, "c:ptCount", std::to_string(chart.labels.size()));
  for (std::size_t i = 0; i < chart.labels.size(); ++i) {
    add_point(categories, i, chart.labels[i]);
    add_point(values, i, std::to_string(series.values[i]));
  }
}

/// `at` is where it stands: `l`, `b`. Lying bars are read from the top.
void add_axis(pugi::xml_node area, const char* name, const char* id, const char* crossed,
              const char* at, bool reversed, bool hidden) {
  auto axis = area.append_child(name);
  option(axis, "c:axId", id);
  option(axis.append_child("c:scaling"), "c:orientation", reversed ? "maxMin" : "minMax");
  option(axis, "c:delete", hidden ? "1" : "0");
  option(axis, "c:axPos", at);
  option(axis, "c:majorTickMark", "none");
  option(axis, "c:minorTickMark", "none");
  option(axis, "c:tickLblPos", "nextTo");
  option(axis, "c:crossAx", crossed);
}

} // namespace

std::string chart_xml(const Chart& chart) {
  pugi::xml_document document;
  auto space = document.append_child("c:chartSpace");
  set(space, "xmlns:c", chart_namespace);
  set(space, "xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main");
  option(space, "c:roundedCorners", "0");
  auto node = space.append_child("c:chart");
  add_title(node, chart.title);
  option(node, "c:autoTitleDeleted", "0");
  auto area = node.append_child("c:plotArea");
  area.append_child("c:layout");
  bool lying = chart.kind == Chart::Kind::bars;
  auto plot = area.append_child("c:barChart");
  option(plot, "c:barDir", lying ? "bar" : "col");
  option(plot, "c:grouping", "clustered");
  option(plot, "c:varyColors", "0");
  for (std::size_t i = 0; i < chart.series.size(); ++i) add_series(plot, chart, i);
  option(plot, "c:gapWidth", "60");
  option(plot, "c:axId", category_axis);
  option(plot, "c:axId", value_axis);
  add_axis(area, "c:catAx", category_axis, value_axis, lying ? "l" : "b", lying, false);
  add_axis(area, "c:valAx", value_axis, category_axis, lying ? "b" : "l", false, true);
  if (chart.series.size() > 1) {
    auto legend = node.append_child("c:legend");
    option(legend, "c:legendPos", "b");
    option(legend, "c:overlay", "0");
  }
  option(node, "c:plotVisOnly", "1");
  leave_out_line(space);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" + to_string(space);
}

} // namespace mingce
