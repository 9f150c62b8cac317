// The commands around keys: keys show, keys rotate, erase, repair --dry-run.

#include "cli/command.hpp"
#include "log/files.hpp"
#include "log/rescue.hpp"
#include "rules/events.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct KeyOptions {
  std::string data, origin;
  bool signing = false, master = false, drop_former = false, national = false;
};

struct EraseOptions {
  std::string data, organ, request, ref, reason, on;
  std::vector<std::string> approved_by;
};

int show_with(const KeyOptions& options) {
  auto ring = KeyRing::load(place_of(options.data));
  if (!ring) return report_failure(ring.error(), options.data);
  std::cout << "日志 log: " << (*ring)->origin()
            << "\n密码 profile: " << ((*ring)->is_national() ? "国密 national" : "international")
            << "\n主密钥 master: " << (*ring)->current_master() << '\n';
  for (auto& key : (*ring)->verifiers()) std::cout << "公钥 vkey: " << key.to_string() << '\n';
  for (auto& key : (*ring)->national_verifiers())
    std::cout << "国密公钥 SM2 vkey: " << key.to_string() << '\n';
  for (auto& key : (*ring)->witnesses()) std::cout << "见证 witness: " << key.to_string() << '\n';
  return done;
}

int init_with(const KeyOptions& options) {
  auto ring = KeyRing::create(place_of(options.data), {options.origin, options.national}, now());
  if (!ring) return report_failure(ring.error(), options.data);
  tell_new_keys(place_of(options.data));
  return show_with(options);
}

int rotate_with(const KeyOptions& options) {
  auto place = place_of(options.data);
  if (auto there = LogView::open(place); !there) return report_failure(there.error(), options.data);
  auto log = Log::open(place, {.now = now});
  if (!log) return report_failure(log.error(), options.data);
  bool both = !options.signing && !options.master;
  // Whoever forgets former masters must be sure that no key is left under them.
  if (options.master || options.drop_former || both)
    if (auto rotated = (*log)->rotate_master(); !rotated)
      return report_failure(rotated.error(), options.data);
  auto& ring = **(*log)->keys();
  if (options.drop_former)
    if (auto dropped = ring.drop_former_masters(); !dropped) return report_failure(dropped.error());
  if (options.signing || both) {
    if (auto added = ring.add_signer(now()); !added) return report_failure(added.error());
    if (auto note = (*log)->sign_checkpoint(); !note) return report_failure(note.error());
  }
  log->reset();
  return show_with(options);
}

int erase_with(const EraseOptions& options, const Statutes& statutes) {
  auto place = place_of(options.data);
  if (auto there = LogView::open(place); !there) return report_failure(there.error(), options.data);
  auto office = Office::open(place, statutes, now);
  if (!office) return report_failure(office.error(), options.data);
  Operation pattern;
  pattern.kind = StreamKind::request;
  pattern.type = ApplicantErased::info.type;
  pattern.actor = "local";
  pattern.on = (*office)->today();
  if (!options.on.empty()) pattern.on = *parse_day(options.on);
  json::array approvals;
  for (auto& name : options.approved_by) approvals.push_back(json::string(name));
  pattern.data = json::object{{"reason", options.reason}, {"approved_by", std::move(approvals)}};
  std::vector<Operation> operations;
  if (!options.ref.empty()) {
    if (auto texts = (*office)->read_texts(); !texts)
      return report_failure(texts.error(), options.data);
    auto found = (*office)->erasure_of_person(options.organ, options.ref, pattern);
    if (!found) return report_failure(found.error());
    operations = std::move(*found);
  } else {
    auto found = (*office)->read(
        [&](const Register& reg) { return find_request(reg, options.request, {options.organ}); });
    if (!found) return report_failure(found.error());
    pattern.stream = (*found)->id;
    operations.push_back(std::move(pattern));
  }
  auto recorded = (*office)->record(operations);
  if (!recorded) return report_failure(recorded.error());
  std::cout << "已删除 | erased: " << recorded->count << " 件 requests\n";
  return done;
}

int repair_with(const std::string& data) {
  auto rescued = look_for_rescue(place_of(data));
  if (!rescued) return report_failure(rescued.error(), data);
  auto& found = *rescued;
  std::cout << "可读出 readable: " << found.readable << " 条 entries\n"
            << "应有 expected: " << found.expected << " 条 entries\n";
  if (found.readable > 0) std::cout << "根 root: " << to_base64(as_text(found.root)) << '\n';
  if (!found.is_anchored_log) std::cout << "与已签名的检查点不符 | not the log that was signed\n";
  if (found.readable < found.expected)
    std::cout << "缺失 missing: 第 " << found.readable + 1 << " 至 " << found.expected
              << " 条 entries " << found.readable + 1 << " to " << found.expected
              << "；请从备份恢复 restore a backup\n";
  if (!found.is_whole()) return refused;
  std::cout << "无缺失 | nothing is missing\n";
  return done;
}

} // namespace

void add_keys(CLI::App& app, int& code) {
  auto options = std::make_shared<KeyOptions>();
  auto* keys = app.add_subcommand("keys", "登记册的密钥 | the keys of a register");
  keys->require_subcommand(1);
  auto with_data = [&](CLI::App* command) {
    command->add_option("--data", options->data, "数据目录 | data directory")->required();
    return command;
  };
  auto* init = with_data(
      keys->add_subcommand("init", "在建立登记册之前建立密钥 | make the keys before the register"));
  init->add_option("--origin", options->origin, "日志名称 | the log's name in checkpoints");
  init->add_flag("--national", options->national,
                 "国密：SM4、SM3、SM2 | the national suites beside the international ones");
  init->callback([options, &code] { code = init_with(*options); });
  with_data(keys->add_subcommand("show", "公钥与概况，不含秘密 | public keys; no secret"))
      ->callback([options, &code] { code = show_with(*options); });
  auto* rotate = with_data(keys->add_subcommand(
      "rotate",
      "更换签名密钥和主密钥 | new signing key and master key (both, unless one is named)"));
  rotate->add_flag("--signing", options->signing, "只换签名密钥 | only the signing key");
  rotate->add_flag("--master", options->master, "只换主密钥 | only the master key");
  rotate->add_flag("--drop-former", options->drop_former,
                   "销毁旧主密钥，旧备份从此读不出个人信息 | forget former masters: nobody reads "
                   "personal data from old backups any more");
  rotate->callback([options, &code] { code = rotate_with(*options); });
}

void add_erase(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<EraseOptions>();
  auto* command = app.add_subcommand(
      "erase",
      "删除申请人的个人信息（不可恢复；案件与统计不变）| erase an applicant for good; cases "
      "and counts stay");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--organ", options->organ, "机关代码 | code of the organ")->required();
  auto* request =
      command->add_option("--request", options->request, "一件：id 或登记号 | one request");
  auto* ref =
      command->add_option("--ref", options->ref, "此人的全部申请 | every request of a person");
  request->excludes(ref);
  command->add_option("--reason", options->reason, "理由 | the reason")->required();
  command->add_option("--approved-by", options->approved_by, "批准人，两名 | two approvers")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--on", options->on, "日期，默认今天 | the day, by default today")
      ->check([](const std::string& text) {
        return parse_day(text) ? "" : "应为 YYYY-MM-DD | must be YYYY-MM-DD";
      });
  command->callback([options, &statutes, &code] {
    if (options->request.empty() == options->ref.empty())
      throw CLI::ValidationError("--request, --ref", "给出其一 | give one of them");
    code = erase_with(*options, statutes);
  });
}

void add_repair(CLI::App& app, int& code) {
  auto data = std::make_shared<std::string>();
  auto dry_run = std::make_shared<bool>(); // spelt out, so that another way can be added safely
  auto* command = app.add_subcommand(
      "repair", "日志无法打开时，说明能读出多少、缺了什么；不改动 | what can be read of a log that "
                "does not open, and what is missing; changes nothing");
  command->add_option("--data", *data, "数据目录 | data directory")->required();
  command
      ->add_flag("--dry-run", *dry_run,
                 "只说明，不改动；没有别的方式 | only tell; there is no other way")
      ->required();
  command->callback([data, dry_run, &code] { code = repair_with(*data); });
}

} // namespace mingce
