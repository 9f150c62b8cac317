#include "clerk.hpp"

#include "base/day.hpp"

#include <array>

namespace mingce::bench {
namespace {

/// One event of a story: so many days after the receipt, and the rest of its data.
struct Step {
  const char* type;
  int day;
  const char* data; ///< `#` stands for the number of the story, `@` for a day twenty days later
};

// The opening is made apart: it goes to another path.
constexpr std::array steps{
    Step{"receipt.issued", 0, R"({"document_no":"政公开回执〔2026〕#号"})"},
    Step{"identity.checked", 0, R"({"result":"身份证件与申请表所载一致，核验通过"})"},
    Step{"request.assigned", 1, R"({"unit":"自然资源和规划科","person":"经办人#"})"},
    Step{
        "correction.requested", 3,
        R"({"respond_by":"@","document_no":"政公开补正〔2026〕#号","items":"请明确所申请信息的文件名称、文号"})"},
    Step{"correction.received", 9, "{}"},
    Step{"note.added", 10, R"({"text":"已电话联系申请人，说明检索范围，申请人表示同意"})"},
    Step{"approval.recorded", 14, R"({"act":"answer","result":"granted","by":"分管负责人"})"},
    Step{"request.answered", 20,
         R"({"outcome":"disclosed.provided","document_no":"政公开告知〔2026〕#号"})"},
    Step{"note.added", 21, R"({"text":"申请人来电确认收到答复，未提出其他要求，材料归档"})"},
};

constexpr const char* subjects[] = {
    "地块征收补偿安置方案、征地批复及勘测定界图", "道路改造工程招标、中标和竣工验收文件",
    "街道办事处年度财政决算及三公经费明细",       "农村低保、救助对象名单及审核公示材料",
    "小学学区划片方案、论证报告及会议纪要",       "建设项目环境影响评价报告及审批意见",
};
constexpr const char* kinds[] = {"natural_person", "natural_person",        "natural_person",
                                 "natural_person", "commercial_enterprise", "legal_service_org"};
constexpr const char* channels[] = {"web", "post_signed", "in_person"};

std::string filled(std::string out, char mark, const std::string& value) {
  for (auto at = out.find(mark); at != out.npos; at = out.find(mark, at + value.size()))
    out.replace(at, 1, value);
  return out;
}

std::string day_text(int days) { return to_string(Day(std::chrono::days(days))); }

} // namespace

Clerk::Clerk(std::shared_ptr<const Town> town, Mix mix, unsigned number)
    : town_(std::move(town)), mix_(mix), number_(number),
      random_(number * 0x9e3779b97f4a7c15u + 1) {}

const Call& Clerk::next() {
  ++calls_;
  random_ = random_ * 6364136223846793005u + 1442695040888963407u;
  opening_ = false;
  call_.etag = {};
  bool writes = mix_ == Mix::append || (mix_ == Mix::mixed && calls_ % 2 == 1);
  if (!town_->path.empty())
    get(town_->path);
  else
    writes ? append() : read();
  return call_;
}

void Clerk::append() {
  if (step_ > steps.size() || request_.empty()) step_ = 0;
  opening_ = step_ == 0;
  if (opening_) ++stories_;
  auto number = std::to_string(number_) + "-" + std::to_string(stories_);
  int received = town_->first_day - int(stories_ % 60);
  if (opening_) {
    request_.clear();
    auto pick = random_ >> 33;
    post("/v1/requests",
         R"({"organ":")" + town_->organ + R"(","on":")" + day_text(received) +
             R"(","data":{"channel":")" + channels[pick % std::size(channels)] +
             R"(","subject":"关于)" + number + subjects[pick % std::size(subjects)] +
             R"(的政府信息","applicant":{"kind":")" + kinds[pick % std::size(kinds)] +
             R"(","name":"申请人)" + number + R"(","contact":{"phone":"139)" +
             std::to_string(10'000'000 + pick % 90'000'000) + R"("}}}})");
  } else {
    auto& step = steps[step_ - 1];
    post("/v1/requests/" + request_ + "/events",
         R"({"type":")" + std::string(step.type) + R"(","on":")" + day_text(received + step.day) +
             R"(","data":)" +
             filled(filled(step.data, '#', number), '@', day_text(received + step.day + 20)) + "}");
  }
  ++step_;
  etag_ = '"' + std::to_string(step_) + '"';
  call_.status = 201;
  call_.etag = etag_;
}

void Clerk::read() {
  auto pick = (random_ >> 33) % 100;
  auto kind = mix_;
  if (kind == Mix::read || kind == Mix::mixed)
    kind = pick < 88 ? Mix::view : pick < 98 ? Mix::list : Mix::read;
  if (kind == Mix::view)
    get("/v1/requests/" + some_request());
  else if (kind == Mix::list)
    get("/v1/requests?organ=" + town_->organ + "&limit=50");
  else if (kind == Mix::report)
    get("/v1/reports/" + day_text(town_->first_day).substr(0, 4) + "?organ=" + town_->organ);
  else
    get("/v1/due?organ=" + town_->organ);
}

const std::string& Clerk::some_request() {
  return town_->requests[(random_ >> 20) % town_->requests.size()];
}

void Clerk::get(const std::string& target) {
  call_.status = 200;
  call_.text = "GET " + target + " HTTP/1.1\r\nHost: " + town_->host + "\r\n\r\n";
}

void Clerk::post(const std::string& target, const std::string& body) {
  call_.text = "POST " + target + " HTTP/1.1\r\nHost: " + town_->host +
               "\r\nContent-Type: application/json\r\nIdempotency-Key: " + town_->run + "-" +
               std::to_string(number_) + "-" + std::to_string(calls_) +
               (town_->is_minimal ? "\r\nPrefer: return=minimal" : "") +
               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace mingce::bench
