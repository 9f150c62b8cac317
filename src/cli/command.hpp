#pragma once
// What the commands share: exit codes, errors in both languages, progress on a terminal.

#include "app/lists.hpp"
#include "app/office.hpp"
#include "app/reporting.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace mingce {

enum ExitCode { done = 0, refused = 1, usage = 2, cannot_use = 3 };

/// The one mapping from kinds of failure to exit codes.
int exit_code_of(const Failure& failure);
/// Prints the failure to stderr, in Chinese and English, and gives its exit code. `subject` is what
/// the user named on the command line and the failure is about.
int report_failure(const Failure& failure, const std::string& subject = "");
/// The same, and each fault with its place on a line of its own.
int report_failures(const Failure& failure, const std::string& subject = "");

/// The clock of the process.
Instant now();

/// A line on stderr that counts along, when stderr is a terminal; silent otherwise.
class Progress {
public:
  Progress(std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  std::function<void(std::uint64_t)> counter();

private:
  std::string what_;
  std::uint64_t total_;
  bool shown_;
};

/// Writes to a file (atomically: another name, then renamed) or, without one, to stdout.
Result<void> write_output(const std::string& path, const std::string& content);

/// Each adds its command to `app`; when it runs it stores its exit code in `code`.
void add_serve(CLI::App& app, const Statutes& statutes, int& code);
void add_import(CLI::App& app, const Statutes& statutes, int& code);
void add_export(CLI::App& app, int& code);
void add_report(CLI::App& app, const Statutes& statutes, int& code);
void add_check(CLI::App& app, const Statutes& statutes, int& code);
void add_explain(CLI::App& app, const Statutes& statutes, int& code);
void add_publish(CLI::App& app, const Statutes& statutes, int& code);
void add_restatement(CLI::App& app, const Statutes& statutes, int& code);
void add_collect(CLI::App& app, const Statutes& statutes, int& code);
void add_figures(CLI::App& app, const Statutes& statutes, int& code);
void add_replay(CLI::App& app, const Statutes& statutes, int& code);
void add_diff(CLI::App& app, const Statutes& statutes, int& code);
void add_due(CLI::App& app, const Statutes& statutes, int& code);
void add_statistics(CLI::App& app, const Statutes& statutes, int& code);
void add_irregularities(CLI::App& app, const Statutes& statutes, int& code);
void add_fees(CLI::App& app, const Statutes& statutes, int& code);
void add_calendar(CLI::App& app, const Statutes& statutes, int& code);
void add_revisions(CLI::App& app, const Statutes& statutes, int& code);
void add_sample(CLI::App& app, const Statutes& statutes, int& code);
void add_dossier(CLI::App& app, const Statutes& statutes, int& code);
void add_verify(CLI::App& app, const Statutes& statutes, int& code);
void add_tiles(CLI::App& app, int& code);
void add_checkpoint(CLI::App& app, int& code);
void add_receipt(CLI::App& app, int& code);
void add_keys(CLI::App& app, int& code);
void add_repair(CLI::App& app, int& code);
void add_backup(CLI::App& app, int& code);
void add_restore(CLI::App& app, int& code);
void add_erase(CLI::App& app, const Statutes& statutes, int& code);
void add_spine(CLI::App& app, int& code);
void add_schemas(CLI::App& app, int& code);

/// A data directory with the key file that the command line or the environment names.
LogPlace place_of(const std::string& data);
/// Keys were made: who lost them could read no person any more.
void tell_new_keys(const LogPlace& place);

/// The log, and the register as of the position asked for.
struct Opened {
  std::unique_ptr<LogView> log;
  std::uint64_t position = 0;
  Register& reg; ///< lives as long as the process
};
/// Replays with progress on a terminal. `as_of` empty: to the end. With both halves the search text
/// is kept.
Result<Opened> open_register(const std::string& data, const std::string& as_of = "",
                             LogView::Half half = LogView::Half::open);
/// For one report only; `full`: every entry is read and hashed again, and their root must be that of
/// the log's tree.
Result<Opened> open_for_report(const std::string& data, const std::string& as_of,
                               const std::optional<Period>& concerning, bool full);

/// A checkpoint of the whole log as it stands: the last one, or a new one; while a server is
/// writing, the latest that it has signed. Never begins a register.
Result<Note> present_checkpoint(const std::string& data);

/// A request by id, or by register number among these organs (none given: all; the first, if
/// several have it); `not_found` otherwise.
Result<const RegisteredRequest*> find_request(const Register& reg, const std::string& name,
                                              const OrganSet& organs = {});

/// Options that say whose register, and as known when.
struct RegisterOptions {
  std::string data, organ, as_of;
  Scope scope = Scope::organ;

  /// Gives the option `--organ`, which is mandatory.
  CLI::Option* add_to(CLI::App& command);
  Result<Opened> open(LogView::Half half = LogView::Half::open) const {
    return open_register(data, as_of, half);
  }
};

/// Options that say which time: a year, or any two days.
struct PeriodOptions {
  std::string from, to;
  int year = 0;

  void add_to(CLI::App& command);
  bool is_given() const { return year != 0 || !from.empty() || !to.empty(); }
  Result<Period> period() const;
};

/// Options that say which report is meant, shared by `report` and `explain`.
struct ReportOptions : RegisterOptions, PeriodOptions {
  std::string edition;

  void add_to(CLI::App& command);
  Result<ReportQuery> query() const;
};

/// `--data`, and which annual report: `--organ`, `--year`, `--scope`, `--edition`.
void add_report_of_year(CLI::App& command, std::string& data, ReportQuery& query);
/// A file as the paper behind a fact: its digests and its name.
Result<Document> document_of(const std::string& path, const char* kind);

/// `--format` of a list: json, csv or text; `by_default` names what `format` is.
void add_format(CLI::App& command, ListFormat& format, const char* by_default = "text");
/// `--as-of`.
void add_as_of(CLI::App& command, std::string& as_of);
/// A day, where one is given.
void add_day(CLI::App& command, const std::string& name, std::optional<Day>& day,
             const std::string& description);
/// An instant, where one is given.
void add_instant(CLI::App& command, const std::string& name, std::optional<Instant>& instant,
                 const std::string& description);

/// The whole program: parses the command line, runs one command, gives the exit code.
int run(int argc, char** argv);

} // namespace mingce
