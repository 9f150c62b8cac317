// The commands around proofs: verify, tiles, checkpoint, receipt.

#include "app/proofs.hpp"
#include "app/reporting.hpp"
#include "cli/command.hpp"
#include "log/file_digest.hpp"
#include "log/files.hpp"
#include "log/verify.hpp"
#include "projection/replay.hpp"
#include "projection/spine.hpp"
#include "report/document.hpp"

#include <iostream>
#include <memory>
#include <set>

namespace mingce {
namespace {

struct VerifyOptions {
  std::string data, proof, directory, report, attachments, key, checkpoint;
  bool full = false;
};

struct ReceiptOptions {
  std::string data, request, organ, out, format = "proof";
};

int told(const std::vector<LogFault>& faults) {
  for (auto& fault : faults)
    std::cout << fault.message.zh << " | " << fault.message.en << " [" << fault.code << "]\n";
  return faults.empty() ? int(done) : int(refused);
}

/// A failure to read is a finding here: what cannot be read cannot be trusted.
int told(const Failure& failure, const std::string& subject) {
  int code = report_failure(failure, subject);
  return failure.kind == FailureKind::corrupt ? int(refused) : code;
}

std::string summary(const Verified& verified) {
  return std::to_string(verified.entries) + " 条 entries，" + std::to_string(verified.checkpoints) +
         " 个检查点 checkpoints，根 root " + to_base64(as_text(verified.root));
}

/// `--vkey`: the line itself, or a file that holds it.
Result<std::vector<VerifierKey>> keys_given(const std::string& text) {
  if (text.empty()) return std::vector<VerifierKey>{};
  auto key = VerifierKey::parse(text);
  if (!key)
    if (auto file = read_file(text))
      key = VerifierKey::parse(std::string_view(*file).substr(0, file->find('\n')));
  if (!key)
    return invalid("/vkey",
                   {"不是公钥，也不是含公钥的文件", "neither a verifier key nor a file with one"},
                   "bad_vkey");
  return std::vector{*key};
}

/// `--checkpoint`: a note that was kept, or a receipt, which ends with one.
Result<std::vector<Note>> checkpoints_given(const std::string& path) {
  if (path.empty()) return std::vector<Note>{};
  auto text = read_file(path);
  if (!text) return text.error();
  auto proof = LogProof::parse(*text);
  auto note = proof ? std::optional(std::move(proof->checkpoint)) : Note::parse(*text);
  if (!note || !LogCheckpoint::parse(note->text))
    return Failure{FailureKind::corrupt,
                   "bad_checkpoint",
                   {"不是检查点，也不是回执", "this is neither a checkpoint nor a receipt"}};
  return std::vector{std::move(*note)};
}

int verify_proof(const VerifyOptions& options, std::vector<VerifierKey> keys) {
  auto text = read_file(options.proof);
  if (!text) return report_failure(text.error(), options.proof);
  if (keys.empty() && !options.data.empty()) {
    auto ring = KeyRing::load(place_of(options.data));
    if (!ring) return report_failure(ring.error(), options.data);
    keys = (*ring)->verifiers();
  }
  auto verified = verify_receipt(*text, keys);
  if (!verified) return told(verified.error(), options.proof);
  std::cout << "成立 | holds: 第 " << verified->seq << " 条 entry " << verified->seq << "，"
            << verified->checkpoint.origin << " " << verified->checkpoint.size << "\n"
            << verified->leaf << '\n';
  if (!verified->is_trusted)
    std::cout
        << "签名按回执自带的公钥核验，请与公布的公钥核对 | checked with the key that the receipt "
           "names, compare it with the published one: "
        << verified->key.to_string() << '\n';
  return done;
}

/// The tables that a report prints, derived anew from the leaves alone.
int verify_report(const VerifyOptions& options, const EntrySource& log, const Statutes& statutes) {
  auto text = read_file(options.report);
  if (!text) return report_failure(text.error(), options.report);
  auto printed = parse_json(*text);
  if (!printed) return report_failure(printed.error(), options.report);
  auto compared = compare_report(log, statutes, *printed);
  if (!compared) return told(compared.error(), options.report);
  for (auto& cell : *compared)
    std::cout << cell.cell << "：报告 printed " << cell.printed << "，日志 derived " << cell.derived
              << '\n';
  if (!compared->empty()) return refused;
  std::cout << "报告各表与日志一致 | every table of the report follows from the log\n";
  return done;
}

int verify_static(const VerifyOptions& options, Outside outside, const Statutes& statutes) {
  auto log = StaticLog::open(options.directory);
  if (!log) return told(log.error(), options.directory);
  auto& keys = outside.keys;
  bool trusted = !keys.empty();
  if (!trusted && (*log)->named_key()) keys.push_back(*(*log)->named_key());
  auto verified = verify_export(**log, outside);
  if (!verified) return told(verified.error(), options.directory);
  if (!verified->faults.empty()) return told(verified->faults);
  std::cout << "成立 | holds: " << summary(*verified) << '\n';
  if (!trusted)
    std::cout
        << "签名按导出自带的公钥核验，请与公布的公钥核对 | checked with the key that the export "
           "names, compare it with the published one: "
        << keys.front().to_string() << '\n';
  return options.report.empty() ? int(done) : verify_report(options, **log, statutes);
}

/// Every paper that an event names must be there, byte for byte.
int verify_attachments(const VerifyOptions& options, const LogView& log) {
  std::set<std::pair<std::string, std::uint64_t>> found;
  std::error_code ec;
  for (std::filesystem::recursive_directory_iterator files(options.attachments, ec), end;
       !ec && files != end; files.increment(ec))
    if (files->is_regular_file()) {
      auto digests = digest_file(files->path());
      if (!digests) return report_failure(digests.error(), options.attachments);
      found.emplace(to_hex(digests->sha256), digests->size);
      found.emplace(to_hex(digests->sm3), digests->size);
    }
  if (ec)
    return report_failure(
        {FailureKind::unusable, "input", {"无法读取该目录", "the directory cannot be read"}},
        options.attachments);
  std::uint64_t papers = 0;
  std::vector<LogFault> faults;
  Result<void> read;
  auto scanned = log.scan(1, log.size(), LogView::Half::open, [&](Entry&& entry) {
    auto envelope = read_envelope_head(entry.event);
    if (!envelope) {
      read = envelope.error();
      return false;
    }
    for (auto& paper : envelope->documents) {
      ++papers;
      bool fits = found.contains({paper.sha256, paper.size}) &&
                  (!paper.sm3 || found.contains({*paper.sm3, paper.size}));
      auto seq = std::to_string(entry.seq);
      if (!fits)
        faults.push_back({"missing_attachment",
                          {"第 " + seq + " 条的附件不在或已改动：" + paper.sha256,
                           "entry " + seq + ": a paper is missing or was changed"}});
    }
    return true;
  });
  if (!scanned) return told(scanned.error(), options.data);
  if (!read) return told(read.error(), options.data);
  if (faults.empty()) std::cout << "附件齐全 | all there: " << papers << " 件 papers\n";
  return told(faults);
}

/// Whether what was derived is what was sealed; with a register that was folded from the entries,
/// whether it is that very register.
Result<void> check_spine(const LogView& log, const Register* folded) {
  auto spine = Spine::open(log);
  if (!spine) return {}; // none, or one that nobody uses
  if (!folded) return spine->check_seals();
  auto agrees = spine->agrees(log, *folded);
  if (!agrees) return agrees.error();
  if (*agrees) return {};
  return Failure{FailureKind::corrupt,
                 "spine_differs",
                 {"已推导的数据与日志的事项不符，请删除数据目录中的 spine",
                  "what was derived before does not follow from the entries: remove the folder "
                  "spine of the data directory"}};
}

/// The whole directory; in full, also whether its events still fold into a register.
int verify_data(const VerifyOptions& options, const Outside& outside) {
  auto log = LogView::open_unchecked(place_of(options.data));
  if (!log) return told(log.error(), options.data);
  Progress progress("核验 verifying", (*log)->size());
  Register reg(public_halves_of(**log));
  Result<void> folded;
  OnTheWay on_the_way{progress.counter()};
  if (options.full)
    on_the_way.each = [&](Entry&& entry) {
      if (folded) folded = reg.apply(entry);
    };
  auto verified = verify_log(**log, on_the_way, outside);
  if (!verified) return told(verified.error(), options.data);
  if (!verified->faults.empty()) return told(verified->faults);
  if (!folded) return told(folded.error(), options.data);
  if (auto checked = check_spine(**log, options.full ? &reg : nullptr); !checked)
    return told(checked.error(), options.data);
  std::cout << "成立 | holds: " << summary(*verified) << '\n';
  if (verified->has_keys)
    std::cout << "私密部分 private halves: " << verified->bodies << " 可读 readable，"
              << verified->erased << " 已删除 erased\n";
  else if (outside.keys.empty())
    std::cout << "没有密钥：私密部分与签名未核验 | no keys: private halves and signatures were not "
                 "checked\n";
  else
    std::cout << "没有密钥：私密部分未核验 | no keys: private halves were not checked\n";
  return done;
}

int verify_with(const VerifyOptions& options, const Statutes& statutes) {
  auto keys = keys_given(options.key);
  if (!keys) {
    report_failure(keys.error());
    return usage;
  }
  if (!options.proof.empty()) return verify_proof(options, *keys);
  auto kept = checkpoints_given(options.checkpoint);
  if (!kept) return told(kept.error(), options.checkpoint);
  Outside outside{std::move(*keys), std::move(*kept)};
  if (!options.directory.empty()) return verify_static(options, std::move(outside), statutes);
  if (options.data.empty()) {
    std::cerr << "mingce: 请给出 --data、--proof 或 --export | give --data, --proof or --export\n";
    return usage;
  }
  if (options.report.empty() && options.attachments.empty()) return verify_data(options, outside);
  auto log = LogView::open(place_of(options.data));
  if (!log) return told(log.error(), options.data);
  int code = done;
  if (!options.report.empty()) code = verify_report(options, **log, statutes);
  if (code == done && !options.attachments.empty()) code = verify_attachments(options, **log);
  return code;
}

// ---- checkpoints and what follows from them -----------------------------------------------------

/// Signs where nobody else is writing.
Result<Note> checkpoint_of(const std::string& data) {
  auto log = Log::open(place_of(data), {.now = now});
  if (log) return (*log)->sign_checkpoint();
  if (log.error().code != "in_use") return log.error();
  auto view = LogView::open(place_of(data));
  if (!view) return view.error();
  auto note = (*view)->latest_checkpoint();
  if (!note) return note.error();
  if (*note) return **note;
  return Failure{
      FailureKind::busy,
      "not_signed_yet",
      {"服务尚未签过检查点，请稍后再试", "the server has signed no checkpoint yet: try later"}};
}

int checkpoint_with(const std::string& data) {
  auto note = present_checkpoint(data);
  if (!note) return report_failure(note.error(), data);
  std::cout << note->to_string();
  return done;
}

int tiles_with(const std::string& data, const std::string& out) {
  auto note = present_checkpoint(data);
  if (!note) return report_failure(note.error(), data);
  auto log = LogView::open(place_of(data));
  if (!log) return report_failure(log.error(), data);
  if (!(*log)->keys()) return report_failure((*log)->keys().error(), data);
  auto written = write_static(**log, *note, (*(*log)->keys())->verifier(), out);
  if (!written) return report_failure(written.error(), out);
  std::cout << "已导出 | exported: " << LogCheckpoint::parse(note->text)->size << " 条 entries\n";
  return done;
}

int receipt_with(const ReceiptOptions& options) {
  auto note = present_checkpoint(options.data);
  if (!note) return report_failure(note.error(), options.data);
  auto opened = open_register(options.data);
  if (!opened) return report_failure(opened.error(), options.data);
  OrganSet organs;
  if (!options.organ.empty()) organs.insert(options.organ);
  auto request = find_request(opened->reg, options.request, organs);
  if (!request) return report_failure(request.error());
  auto proof = receipt_of(*opened->log, *note, (*request)->first_seq);
  if (!proof) return report_failure(proof.error());
  auto text =
      options.format == "html" ? receipt_page(*proof, opened->reg.organs()) : proof->to_string();
  if (!text) return report_failure(text.error());
  auto written = write_output(options.out, *text);
  return written ? int(done) : report_failure(written.error());
}

} // namespace

Result<Note> present_checkpoint(const std::string& data) {
  if (auto there = LogView::open(place_of(data)); !there) return there.error();
  return checkpoint_of(data);
}

void add_verify(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<VerifyOptions>();
  auto* command = app.add_subcommand(
      "verify", "核验数据目录、回执、导出、报告或附件；只说明，不修复 | check a data directory, a "
                "receipt, an export, a report or attachments; never repairs");
  command->add_option("--data", options->data, "数据目录 | data directory");
  command->add_option("--proof", options->proof, "回执（.tlog-proof）| a receipt");
  command->add_option("--export", options->directory, "静态导出 | a static export");
  command->add_option("--report", options->report, "已公布的报告（JSON）| a published report");
  command->add_option("--attachments", options->attachments,
                      "附件所在目录 | the directory that holds the papers");
  command->add_option("--checkpoint", options->checkpoint,
                      "另行保存的检查点或回执：日志须由其延续而来 | a checkpoint or a receipt "
                      "kept elsewhere: the log must go on from it");
  command->add_option("--vkey", options->key,
                      "日志的公钥，或含公钥的文件 | the log's key, or its file");
  command->add_flag("--full", options->full,
                    "另将全部事项重放，与已推导的数据比对 | also folds every event and compares "
                    "what was derived before");
  command->callback([options, &statutes, &code] { code = verify_with(*options, statutes); });
}

void add_tiles(CLI::App& app, int& code) {
  auto options = std::make_shared<VerifyOptions>();
  auto* command = app.add_subcommand(
      "tiles", "静态导出（C2SP tlog-tiles），无需本程序即可核验 | a static export that needs no "
               "database to be checked");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--out", options->directory, "空目录 | an empty directory")->required();
  command->callback([options, &code] { code = tiles_with(options->data, options->directory); });
}

void add_checkpoint(CLI::App& app, int& code) {
  auto options = std::make_shared<VerifyOptions>();
  auto* command =
      app.add_subcommand("checkpoint", "签署并打印检查点 | sign a checkpoint and print it");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->callback([options, &code] { code = checkpoint_with(options->data); });
}

void add_receipt(CLI::App& app, int& code) {
  auto options = std::make_shared<ReceiptOptions>();
  auto* command =
      app.add_subcommand("receipt", "一件申请的登记回执 | the proof that a request was registered");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--request", options->request, "id 或登记号 | id or number")->required();
  command->add_option("--organ", options->organ, "机关代码 | code of the organ");
  command->add_option("--format", options->format, "proof 或 html（打印页）| proof, or a page")
      ->check(CLI::IsMember({"proof", "html"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "写入文件 | write to this file");
  command->callback([options, &code] { code = receipt_with(*options); });
}

} // namespace mingce
