#pragma once
// The catalogue: everything that can have happened. An event is declared here and nowhere else;
// the codec, the JSON Schemas, the OpenAPI document and the reference derive from these lines.
//
// Conventions
//  * members are the wire names, mandatory ones plain, optional ones std::optional;
//  * Private<T> marks personal data and free text: it is kept apart from the entry that proofs
//    cover, so that it can be sealed and erased (个人信息保护法47);
//  * a type, once released, never changes its meaning; a new meaning is a new version.

#include "base/day.hpp"
#include "base/decimal.hpp"
#include "base/json.hpp"
#include "rules/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mingce {

/// Which kind of stream an event belongs to.
enum class StreamKind { request, dispute, figure, organ, calendar, report, any };
BOOST_DESCRIBE_ENUM(StreamKind, request, dispute, figure, organ, calendar, report, any)

/// What the catalogue says of an event type as such.
struct EventInfo {
  StreamKind stream;
  const char* type;    ///< wire name
  const char* title;   ///< 中文名称
  const char* article; ///< where the law knows it; "" where it does not
  std::uint32_t version = 1;
};

/// Personal data or free text.
template <class T>
struct Private {
  T value{};
  friend bool operator==(const Private&, const Private&) = default;
};
using PrivateText = Private<std::string>;

/// Another request: its id in the log, its register number in an import line.
struct RequestRef {
  std::string value;
  friend bool operator==(const RequestRef&, const RequestRef&) = default;
};

/// A version within the same stream, 1 or more.
struct Target {
  std::uint32_t version = 0;
  friend bool operator==(const Target&, const Target&) = default;
};

/// Yuan, not negative, at most two decimals.
struct Amount {
  Decimal yuan{};
  friend bool operator==(const Amount&, const Amount&) = default;
};

/// A count or an amount of table 二: at most two decimals, may be negative.
struct Quantity {
  Decimal value{};
  friend bool operator==(const Quantity&, const Quantity&) = default;
};

/// A positive whole number (days, items, pages).
struct Count {
  std::uint32_t value = 0;
  friend bool operator==(const Count&, const Count&) = default;
};

/// A code of an organ: letters, digits, dot, dash, underscore; at most 64 characters.
struct OrganCode {
  std::string value;
  friend bool operator==(const OrganCode&, const OrganCode&) = default;
};

/// 双人审批: two different people, named.
struct TwoPeople {
  std::vector<std::string> names; ///< empty where the private half is sealed or erased
  bool empty() const { return names.empty(); }
  friend bool operator==(const TwoPeople&, const TwoPeople&) = default;
};

/// A place in the log; 0 stands before its first entry.
struct Position {
  std::uint64_t seq = 0;
  friend bool operator==(Position, Position) = default;
};

/// The numbers of a report: `proactive`, `requests`, `disputes`, each as in the report document.
struct ReportCells {
  json::object tables;
  friend bool operator==(const ReportCells&, const ReportCells&) = default;
};

/// Members that replace those of another event; checked against that event's own type.
struct Patch {
  json::object members;
  friend bool operator==(const Patch&, const Patch&) = default;
};

template <class T>
using Optional = std::optional<T>;

#define MINGCE_EVENT(Name, kind, type, title, article)                                             \
  static constexpr EventInfo info{StreamKind::kind, type, title, article};                         \
  friend bool operator==(const Name&, const Name&) = default

// ---- parts ------------------------------------------------------------------------------------

struct Contact {
  Optional<std::string> phone, email, address;
  friend bool operator==(const Contact&, const Contact&) = default;
};
BOOST_DESCRIBE_STRUCT(Contact, (), (phone, email, address))

struct Agent {
  std::string name;
  Optional<std::string> authority;
  friend bool operator==(const Agent&, const Agent&) = default;
};
BOOST_DESCRIBE_STRUCT(Agent, (), (name, authority))

struct CoApplicant {
  std::string name;
  friend bool operator==(const CoApplicant&, const CoApplicant&) = default;
};
BOOST_DESCRIBE_STRUCT(CoApplicant, (), (name))

/// 申请人 (条例29.2). `ref` is the caller's opaque handle of one person across requests.
struct Applicant {
  ApplicantKind kind{};
  Optional<bool> kind_provisional; ///< 类别暂定: true until `applicant.reclassified` settles it
  PrivateText name;
  Optional<PrivateText> ref, id_type, id_no;
  Optional<Private<Contact>> contact;
  Optional<Private<Agent>> agent;
  Optional<Private<std::vector<CoApplicant>>> co_applicants;
  friend bool operator==(const Applicant&, const Applicant&) = default;
};
BOOST_DESCRIBE_STRUCT(Applicant, (),
                      (kind, kind_provisional, name, ref, id_type, id_no, contact, agent,
                       co_applicants))

struct RequestedItem {
  std::string id;
  PrivateText text;
  friend bool operator==(const RequestedItem&, const RequestedItem&) = default;
};
BOOST_DESCRIBE_STRUCT(RequestedItem, (), (id, text))

struct ItemOutcome {
  std::string id;
  Outcome outcome{};
  friend bool operator==(const ItemOutcome&, const ItemOutcome&) = default;
};
BOOST_DESCRIBE_STRUCT(ItemOutcome, (), (id, outcome))

struct Ground {
  std::string code;
  Optional<std::string> law;
  friend bool operator==(const Ground&, const Ground&) = default;
};
BOOST_DESCRIBE_STRUCT(Ground, (), (code, law))

// ---- request: before and at receipt -------------------------------------------------------------

struct RequestSubmitted {
  MINGCE_EVENT(RequestSubmitted, request, "request.submitted", "收件（待确认）", "条例31");
  Channel channel{};
  Optional<PrivateText> subject;
  Optional<Applicant> applicant;
};
BOOST_DESCRIBE_STRUCT(RequestSubmitted, (), (channel, subject, applicant))

struct SubmissionClosed {
  MINGCE_EVENT(SubmissionClosed, request, "submission.closed", "收件终结（未形成申请）", "条例31");
  PrivateText reason;
  Optional<std::string> rerouted_to;
};
BOOST_DESCRIBE_STRUCT(SubmissionClosed, (), (reason, rerouted_to))

struct RequestReceived {
  MINGCE_EVENT(RequestReceived, request, "request.received", "收到申请（登记）", "条例29、31");
  Channel channel{};
  Applicant applicant;
  PrivateText subject;
  Optional<PrivateText> description, form, delivery;
  Optional<Day> submitted_on;
  Optional<std::vector<RequestedItem>> items;
  Optional<Matter> matter;
  Optional<std::string> referred_from;
};
BOOST_DESCRIBE_STRUCT(RequestReceived, (),
                      (channel, applicant, subject, description, form, delivery, submitted_on,
                       items, matter, referred_from))

struct RequestSplit {
  MINGCE_EVENT(RequestSplit, request, "request.split", "拆分登记", "");
  std::vector<std::string> into; ///< register numbers of the children
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(RequestSplit, (), (into, reason))

// ---- request: who asks, who works on it ---------------------------------------------------------

struct ApplicantReclassified {
  MINGCE_EVENT(ApplicantReclassified, request, "applicant.reclassified", "申请人类别更正", "");
  ApplicantKind kind{};
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(ApplicantReclassified, (), (kind, reason))

struct ApplicantUpdated {
  MINGCE_EVENT(ApplicantUpdated, request, "applicant.updated", "申请人信息变更", "条例29");
  Optional<PrivateText> name, ref, id_type, id_no;
  Optional<Private<Contact>> contact;
  Optional<Private<Agent>> agent;
  Optional<Private<std::vector<CoApplicant>>> co_applicants;
};
BOOST_DESCRIBE_STRUCT(ApplicantUpdated, (),
                      (name, ref, id_type, id_no, contact, agent, co_applicants))

struct IdentityChecked {
  MINGCE_EVENT(IdentityChecked, request, "identity.checked", "身份核验", "条例29");
  PrivateText result;
  Optional<PrivateText> missing;
};
BOOST_DESCRIBE_STRUCT(IdentityChecked, (), (result, missing))

struct RequestAssigned {
  MINGCE_EVENT(RequestAssigned, request, "request.assigned", "分办", "条例45");
  Optional<std::string> unit;
  Optional<PrivateText> person;
};
BOOST_DESCRIBE_STRUCT(RequestAssigned, (), (unit, person))

struct ApprovalRecorded {
  MINGCE_EVENT(ApprovalRecorded, request, "approval.recorded", "内部审批", "条例17、45");
  std::string act;
  ApprovalResult result{};
  PrivateText by;
};
BOOST_DESCRIBE_STRUCT(ApprovalRecorded, (), (act, result, by))

struct ReceiptIssued {
  MINGCE_EVENT(ReceiptIssued, request, "receipt.issued", "出具登记回执", "");
  Optional<std::string> document_no;
};
BOOST_DESCRIBE_STRUCT(ReceiptIssued, (), (document_no))

struct NoticeServed {
  MINGCE_EVENT(NoticeServed, request, "notice.served", "送达", "");
  Target target;
  std::string method;
  ServiceResult result{};
};
BOOST_DESCRIBE_STRUCT(NoticeServed, (), (target, method, result))

// ---- request: what moves the clock --------------------------------------------------------------

struct CorrectionRequested {
  MINGCE_EVENT(CorrectionRequested, request, "correction.requested", "补正告知", "条例30");
  Day respond_by{};
  Optional<PrivateText> items;
  Optional<std::string> document_no;
};
BOOST_DESCRIBE_STRUCT(CorrectionRequested, (), (respond_by, items, document_no))

struct CorrectionReceived {
  MINGCE_EVENT(CorrectionReceived, request, "correction.received", "收到补正", "条例30");
};
BOOST_DESCRIBE_STRUCT(CorrectionReceived, (), ())

struct CorrectionExtended {
  MINGCE_EVENT(CorrectionExtended, request, "correction.extended", "补正期限顺延", "条例30");
  Day respond_by{};
};
BOOST_DESCRIBE_STRUCT(CorrectionExtended, (), (respond_by))

struct CorrectionLapsed {
  MINGCE_EVENT(CorrectionLapsed, request, "correction.lapsed", "逾期不补正，不再处理", "条例30");
};
BOOST_DESCRIBE_STRUCT(CorrectionLapsed, (), ())

struct ConsultationOpened {
  MINGCE_EVENT(ConsultationOpened, request, "consultation.opened", "征求意见", "条例32、34");
  std::string consultation; ///< id within the case
  ConsultedParty with{};
  Optional<PrivateText> party;
  Optional<std::string> document_no;
};
BOOST_DESCRIBE_STRUCT(ConsultationOpened, (), (consultation, with, party, document_no))

struct ConsultationClosed {
  MINGCE_EVENT(ConsultationClosed, request, "consultation.closed", "征求意见结束", "条例32、34");
  std::string consultation;
  ConsultationResult result{};
};
BOOST_DESCRIBE_STRUCT(ConsultationClosed, (), (consultation, result))

struct PeriodExtended {
  MINGCE_EVENT(PeriodExtended, request, "period.extended", "延期答复", "条例33.2");
  Count working_days;
  Optional<PrivateText> approved_by;
  Optional<Day> notified_on;
  Optional<std::string> document_no;
};
BOOST_DESCRIBE_STRUCT(PeriodExtended, (), (working_days, approved_by, notified_on, document_no))

struct ReasonsRequested {
  MINGCE_EVENT(ReasonsRequested, request, "reasons.requested", "要求说明理由", "条例35");
  Day respond_by{};
};
BOOST_DESCRIBE_STRUCT(ReasonsRequested, (), (respond_by))

struct ReasonsReceived {
  MINGCE_EVENT(ReasonsReceived, request, "reasons.received", "收到理由说明", "条例35");
  bool reasonable{};
};
BOOST_DESCRIBE_STRUCT(ReasonsReceived, (), (reasonable))

struct AnswerDelayed {
  MINGCE_EVENT(AnswerDelayed, request, "answer.delayed", "延迟答复", "条例35");
  Day until{};
  Optional<Day> notified_on;
};
BOOST_DESCRIBE_STRUCT(AnswerDelayed, (), (until, notified_on))

struct FeeNotified {
  MINGCE_EVENT(FeeNotified, request, "fee.notified", "收费通知", "国办函〔2020〕109号");
  FeeScheme scheme{};
  Count quantity;
  Day pay_by{};
  Optional<Amount> amount;     ///< on the notice; without it the tariff's is meant
  Optional<Count> prior_items; ///< of the applicant in the same month, charged by earlier notices
};
BOOST_DESCRIBE_STRUCT(FeeNotified, (), (scheme, quantity, pay_by, amount, prior_items))

struct FeePaid {
  MINGCE_EVENT(FeePaid, request, "fee.paid", "缴费", "国办函〔2020〕109号 6");
  Amount amount;
};
BOOST_DESCRIBE_STRUCT(FeePaid, (), (amount))

struct FeeWaived {
  MINGCE_EVENT(FeeWaived, request, "fee.waived", "免收", "国办函〔2020〕109号");
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(FeeWaived, (), (reason))

struct FeeRefunded {
  MINGCE_EVENT(FeeRefunded, request, "fee.refunded", "退费", "国办函〔2020〕109号");
  Amount amount;
};
BOOST_DESCRIBE_STRUCT(FeeRefunded, (), (amount))

struct FeeLapsed {
  MINGCE_EVENT(FeeLapsed, request, "fee.lapsed", "逾期不缴费，不再处理", "国办函〔2020〕109号 6");
};
BOOST_DESCRIBE_STRUCT(FeeLapsed, (), ())

// ---- request: how it ends, and what comes after
// --------------------------------------------------

struct RequestAnswered {
  MINGCE_EVENT(RequestAnswered, request, "request.answered", "作出答复", "条例36");
  Outcome outcome{};
  Optional<std::string> document_no;
  Optional<std::vector<Ground>> grounds;
  Optional<std::vector<ItemOutcome>> items;
  Optional<PrivateText> withheld, referral;
  Optional<RequestRef> earlier_request;
  Optional<std::string> remedy;
  Optional<LateReason> late_reason; ///< why the answer came after its due date
};
BOOST_DESCRIBE_STRUCT(RequestAnswered, (),
                      (outcome, document_no, grounds, items, withheld, referral, earlier_request,
                       remedy, late_reason))

struct AnswerSupplemented {
  MINGCE_EVENT(AnswerSupplemented, request, "answer.supplemented", "补充答复", "");
  Optional<std::string> document_no;
};
BOOST_DESCRIBE_STRUCT(AnswerSupplemented, (), (document_no))

struct ThirdPartyTold {
  MINGCE_EVENT(ThirdPartyTold, request, "third_party.told", "告知第三方", "条例32");
  Optional<std::string> document_no;
};
BOOST_DESCRIBE_STRUCT(ThirdPartyTold, (), (document_no))

struct RequestWithdrawn {
  MINGCE_EVENT(RequestWithdrawn, request, "request.withdrawn", "申请人撤回", "");
};
BOOST_DESCRIBE_STRUCT(RequestWithdrawn, (), ())

struct RequestMerged {
  MINGCE_EVENT(RequestMerged, request, "request.merged", "并案", "");
  RequestRef into;
};
BOOST_DESCRIBE_STRUCT(RequestMerged, (), (into))

struct RequestClosed {
  MINGCE_EVENT(RequestClosed, request, "request.closed", "其他方式办结", "");
  Outcome outcome{};
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(RequestClosed, (), (outcome, reason))

struct RequestVoided {
  MINGCE_EVENT(RequestVoided, request, "request.voided", "登记作废", "");
  PrivateText reason;
  Optional<RequestRef> duplicate_of;
  Optional<PrivateText> approved_by;
};
BOOST_DESCRIBE_STRUCT(RequestVoided, (), (reason, duplicate_of, approved_by))

struct RedoOrdered {
  MINGCE_EVENT(RedoOrdered, request, "redo.ordered", "重新处理", "复议法64；行诉法70");
  RedoOrigin by{};
  Optional<Day> due_on;
};
BOOST_DESCRIBE_STRUCT(RedoOrdered, (), (by, due_on))

struct RedoAnswered {
  MINGCE_EVENT(RedoAnswered, request, "redo.answered", "重新答复", "条例36");
  Outcome outcome{};
  Optional<std::string> document_no;
  Optional<LateReason> late_reason;
};
BOOST_DESCRIBE_STRUCT(RedoAnswered, (), (outcome, document_no, late_reason))

struct NoteAdded {
  MINGCE_EVENT(NoteAdded, request, "note.added", "备注", "");
  PrivateText text;
};
BOOST_DESCRIBE_STRUCT(NoteAdded, (), (text))

struct RequestArchived {
  MINGCE_EVENT(RequestArchived, request, "request.archived", "归档", "条例45");
  std::string archive_no;
  Optional<std::string> retention; ///< 保管期限, any wording; rules/retention reads it
};
BOOST_DESCRIBE_STRUCT(RequestArchived, (), (archive_no, retention))

// ---- request: what is kept of a person, and for how long ----------------------------------------

/// The private halves recorded so far are destroyed; the public ones stay, and so do the tables.
struct ApplicantErased {
  MINGCE_EVENT(ApplicantErased, request, "applicant.erased", "申请人信息删除", "个人信息保护法47");
  PrivateText reason;
  Private<TwoPeople> approved_by;
};
BOOST_DESCRIBE_STRUCT(ApplicantErased, (), (reason, approved_by))

struct HoldPlaced {
  MINGCE_EVENT(HoldPlaced, request, "hold.placed", "暂停删除", "个人信息保护法47");
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(HoldPlaced, (), (reason))

struct HoldLifted {
  MINGCE_EVENT(HoldLifted, request, "hold.lifted", "解除暂停删除", "个人信息保护法47");
  Optional<PrivateText> reason;
};
BOOST_DESCRIBE_STRUCT(HoldLifted, (), (reason))

// ---- any stream ---------------------------------------------------------------------------------

struct EventAmended {
  MINGCE_EVENT(EventAmended, any, "event.amended", "记录更正", "");
  Target target;
  PrivateText reason;
  Optional<Day> on;
  Optional<Patch> data;
};
BOOST_DESCRIBE_STRUCT(EventAmended, (), (target, reason, on, data))

struct EventRetracted {
  MINGCE_EVENT(EventRetracted, any, "event.retracted", "记录撤销", "");
  Target target;
  PrivateText reason;
  Optional<PrivateText> approved_by;
};
BOOST_DESCRIBE_STRUCT(EventRetracted, (), (target, reason, approved_by))

// ---- dispute ------------------------------------------------------------------------------------

struct ReconsiderationAccepted {
  MINGCE_EVENT(ReconsiderationAccepted, dispute, "reconsideration.accepted", "复议受理",
               "复议法30");
  std::string authority;
  Optional<ReconsiderationProcedure> procedure;
  Optional<DisputeRole> role;
  Optional<Day> copy_received_on;
};
BOOST_DESCRIBE_STRUCT(ReconsiderationAccepted, (), (authority, procedure, role, copy_received_on))

struct ReconsiderationDecided {
  MINGCE_EVENT(ReconsiderationDecided, dispute, "reconsideration.decided", "复议决定", "复议法61");
  ReconsiderationDecision decision{};
};
BOOST_DESCRIBE_STRUCT(ReconsiderationDecided, (), (decision))

struct LitigationFiled {
  MINGCE_EVENT(LitigationFiled, dispute, "litigation.filed", "立案应诉", "行诉法51");
  std::string court;
  bool after_reconsideration{};
  Optional<std::string> case_no;
  Optional<DisputeRole> role;
  Optional<Day> copy_received_on;
};
BOOST_DESCRIBE_STRUCT(LitigationFiled, (),
                      (court, after_reconsideration, case_no, role, copy_received_on))

struct LitigationJudged {
  MINGCE_EVENT(LitigationJudged, dispute, "litigation.judged", "一审裁判", "行诉法69–77");
  Judgment judgment{};
};
BOOST_DESCRIBE_STRUCT(LitigationJudged, (), (judgment))

struct LitigationTransferred {
  MINGCE_EVENT(LitigationTransferred, dispute, "litigation.transferred", "移送管辖", "行诉法22");
  std::string court;
  Optional<std::string> case_no;
};
BOOST_DESCRIBE_STRUCT(LitigationTransferred, (), (court, case_no))

struct LitigationAppealed {
  MINGCE_EVENT(LitigationAppealed, dispute, "litigation.appealed", "上诉", "行诉法85");
  Appellant by{};
};
BOOST_DESCRIBE_STRUCT(LitigationAppealed, (), (by))

struct AppealDecided {
  MINGCE_EVENT(AppealDecided, dispute, "litigation.appeal_decided", "二审裁判", "行诉法89");
  AppealResult result{};
  Optional<Judgment> effect; ///< mandatory when the result is `changed`
};
BOOST_DESCRIBE_STRUCT(AppealDecided, (), (result, effect))

struct RetrialOrdered {
  MINGCE_EVENT(RetrialOrdered, dispute, "litigation.retrial_ordered", "裁定再审", "行诉法91、92");
};
BOOST_DESCRIBE_STRUCT(RetrialOrdered, (), ())

struct LitigationRetried {
  MINGCE_EVENT(LitigationRetried, dispute, "litigation.retried", "再审裁判", "行诉法91");
  Judgment judgment{};
};
BOOST_DESCRIBE_STRUCT(LitigationRetried, (), (judgment))

struct ReplyFiled {
  MINGCE_EVENT(ReplyFiled, dispute, "reply.filed", "提交答复（答辩）", "复议法48；行诉法67");
};
BOOST_DESCRIBE_STRUCT(ReplyFiled, (), ())

struct DisputeSuspended {
  MINGCE_EVENT(DisputeSuspended, dispute, "dispute.suspended", "中止", "复议法39");
};
BOOST_DESCRIBE_STRUCT(DisputeSuspended, (), ())

struct DisputeResumed {
  MINGCE_EVENT(DisputeResumed, dispute, "dispute.resumed", "恢复", "复议法39");
};
BOOST_DESCRIBE_STRUCT(DisputeResumed, (), ())

struct JudgmentServed {
  MINGCE_EVENT(JudgmentServed, dispute, "judgment.served", "裁判文书送达", "行诉法85");
};
BOOST_DESCRIBE_STRUCT(JudgmentServed, (), ())

struct DisputeLinked {
  MINGCE_EVENT(DisputeLinked, dispute, "dispute.linked", "关联申请", "");
  std::vector<RequestRef> requests;
};
BOOST_DESCRIBE_STRUCT(DisputeLinked, (), (requests))

struct ComplianceRecorded {
  MINGCE_EVENT(ComplianceRecorded, dispute, "compliance.recorded", "履行情况", "复议法77");
  PrivateText text;
};
BOOST_DESCRIBE_STRUCT(ComplianceRecorded, (), (text))

struct DisputeVoided {
  MINGCE_EVENT(DisputeVoided, dispute, "dispute.voided", "争议登记作废", "");
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(DisputeVoided, (), (reason))

// ---- figure -------------------------------------------------------------------------------------

struct FigureRecorded {
  MINGCE_EVENT(FigureRecorded, figure, "figure.recorded", "填报数字", "条例20、50");
  std::string item;
  Quantity quantity;
  Optional<PrivateText> note;
  Optional<std::string> source_unit;
};
BOOST_DESCRIBE_STRUCT(FigureRecorded, (), (item, quantity, note, source_unit))

// ---- organ --------------------------------------------------------------------------------------

struct OrganRegistered {
  MINGCE_EVENT(OrganRegistered, organ, "organ.registered", "机关登记", "条例10、27");
  std::string name;
  OrganKind kind{};
  Optional<OrganCode> parent;
};
BOOST_DESCRIBE_STRUCT(OrganRegistered, (), (name, kind, parent))

struct OrganRenamed {
  MINGCE_EVENT(OrganRenamed, organ, "organ.renamed", "机关更名", "");
  std::string name;
};
BOOST_DESCRIBE_STRUCT(OrganRenamed, (), (name))

struct OrganReparented {
  MINGCE_EVENT(OrganReparented, organ, "organ.reparented", "隶属变更", "");
  OrganCode parent;
};
BOOST_DESCRIBE_STRUCT(OrganReparented, (), (parent))

struct OrganMerged {
  MINGCE_EVENT(OrganMerged, organ, "organ.merged", "机关合并", "");
  OrganCode into;
};
BOOST_DESCRIBE_STRUCT(OrganMerged, (), (into))

struct OrganDissolved {
  MINGCE_EVENT(OrganDissolved, organ, "organ.dissolved", "机关撤销", "");
};
BOOST_DESCRIBE_STRUCT(OrganDissolved, (), ())

struct CompetenceTransferred {
  MINGCE_EVENT(CompetenceTransferred, organ, "competence.transferred", "职权划转", "");
  OrganCode to;
  Optional<std::vector<RequestRef>> requests; ///< absent: all cases open on that day
};
BOOST_DESCRIBE_STRUCT(CompetenceTransferred, (), (to, requests))

/// 本机关的管理设置: each member given replaces the one in force, for the organ and all below it.
struct PolicySet {
  MINGCE_EVENT(PolicySet, organ, "policy.set", "管理设置", "条例49");
  Optional<std::string> report_by;          ///< `MM-DD`, local date of the annual report
  Optional<Count> lamp_yellow, lamp_orange; ///< working days left
  Optional<LateFact> late_fact;             ///< what is learned after a report was published
};
BOOST_DESCRIBE_STRUCT(PolicySet, (), (report_by, lamp_yellow, lamp_orange, late_fact))

// ---- report -------------------------------------------------------------------------------------
// One stream for the report of one organ, year and scope. All its versions stand in it side by
// side, in the order in which they were recorded; the latest published one is the published report.

struct CellDigests {
  std::string sha256, sm3; ///< of the canonical JSON of the cells
  friend bool operator==(const CellDigests&, const CellDigests&) = default;
};
BOOST_DESCRIBE_STRUCT(CellDigests, (), (sha256, sm3))

/// Handed to the superior; its figures may still move.
struct ReportSubmitted {
  MINGCE_EVENT(ReportSubmitted, report, "report.submitted", "年度报告上报", "条例49");
  Count year;
  Optional<Scope> scope; ///< absent: `organ`
  std::string edition;
  Position position; ///< of the log that the figures were counted from, inclusive
  ReportCells cells;
  CellDigests digests;
  Optional<LateFact> late_fact; ///< the policy by which they were counted; absent: `restate`
};
BOOST_DESCRIBE_STRUCT(ReportSubmitted, (),
                      (year, scope, edition, position, cells, digests, late_fact))

/// 退回: a submitted or collected version is to be handed in again.
struct ReportReturned {
  MINGCE_EVENT(ReportReturned, report, "report.returned", "年度报告退回", "条例49");
  Count year;
  Optional<Scope> scope;
  Target target;
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(ReportReturned, (), (year, scope, target, reason))

/// From then on these figures are what the organ has said of that year.
struct ReportPublished {
  MINGCE_EVENT(ReportPublished, report, "report.published", "年度报告公布", "条例49、50");
  Count year;
  Optional<Scope> scope;
  std::string edition;
  Position position;
  ReportCells cells;
  CellDigests digests;
  Optional<LateFact> late_fact;
  Optional<std::string> url; ///< where it stands on the web
};
BOOST_DESCRIBE_STRUCT(ReportPublished, (),
                      (year, scope, edition, position, cells, digests, late_fact, url))

/// Figures that were not counted here: a subordinate's, or the organ's own of an earlier year.
struct ReportCollected {
  MINGCE_EVENT(ReportCollected, report, "report.collected", "汇集年度报告", "条例49");
  Count year;
  Optional<Scope> scope;
  std::string edition;
  Optional<std::string> proactive_edition; ///< where table 二 follows another
  ReportCells cells;
  Optional<std::string> url;
};
BOOST_DESCRIBE_STRUCT(ReportCollected, (), (year, scope, edition, proactive_edition, cells, url))

/// Figures of table 二 and of the prose that a unit is asked to supply for the report of a year.
struct FiguresRequested {
  MINGCE_EVENT(FiguresRequested, report, "figures.requested", "数字填报通知", "条例20、50");
  Count year;
  std::string unit;
  std::vector<std::string> items;
  Optional<Day> respond_by;
};
BOOST_DESCRIBE_STRUCT(FiguresRequested, (), (year, unit, items, respond_by))

/// 校验未通过的说明: a failing check that was looked at and stays as it is.
struct CheckDisposed {
  MINGCE_EVENT(CheckDisposed, report, "check.disposed", "校验处置", "");
  Count year;
  Optional<Scope> scope;
  std::string check;                        ///< `C04`
  Optional<std::vector<std::string>> cells; ///< absent: wherever it fails
  PrivateText reason;
};
BOOST_DESCRIBE_STRUCT(CheckDisposed, (), (year, scope, check, cells, reason))

// ---- calendar -----------------------------------------------------------------------------------

struct CalendarDay {
  Day on{};
  Optional<std::string> name;
  friend bool operator==(const CalendarDay&, const CalendarDay&) = default;
};
BOOST_DESCRIBE_STRUCT(CalendarDay, (), (on, name))

/// One notice on days of rest (rules/calendar.hpp). The stream is that of a region: `CN`, or the
/// code of an organ for it and all below it.
struct CalendarLoaded {
  MINGCE_EVENT(CalendarLoaded, calendar, "calendar.loaded", "载入节假日安排",
               "全国年节及纪念日放假办法");
  Count year;
  Optional<std::string> title, document_no;
  Optional<Day> issued_on;
  Optional<std::vector<CalendarDay>> rest, work;
};
BOOST_DESCRIBE_STRUCT(CalendarLoaded, (), (year, title, document_no, issued_on, rest, work))

#undef MINGCE_EVENT

/// Every event there is. The order is the order of the reference; nothing depends on it.
using Event = std::variant<
    RequestSubmitted, SubmissionClosed, RequestReceived, RequestSplit, ApplicantReclassified,
    ApplicantUpdated, IdentityChecked, RequestAssigned, ApprovalRecorded, ReceiptIssued,
    NoticeServed, CorrectionRequested, CorrectionReceived, CorrectionExtended, CorrectionLapsed,
    ConsultationOpened, ConsultationClosed, PeriodExtended, ReasonsRequested, ReasonsReceived,
    AnswerDelayed, FeeNotified, FeePaid, FeeWaived, FeeRefunded, FeeLapsed, RequestAnswered,
    AnswerSupplemented, ThirdPartyTold, RequestWithdrawn, RequestMerged, RequestClosed,
    RequestVoided, RedoOrdered, RedoAnswered, NoteAdded, RequestArchived, ApplicantErased,
    HoldPlaced, HoldLifted, EventAmended, EventRetracted, ReconsiderationAccepted,
    ReconsiderationDecided, LitigationFiled, LitigationJudged, LitigationTransferred,
    LitigationAppealed, AppealDecided, RetrialOrdered, LitigationRetried, ReplyFiled,
    DisputeSuspended, DisputeResumed, JudgmentServed, DisputeLinked, ComplianceRecorded,
    DisputeVoided, FigureRecorded, OrganRegistered, OrganRenamed, OrganReparented, OrganMerged,
    OrganDissolved, CompetenceTransferred, PolicySet, ReportSubmitted, ReportReturned,
    ReportPublished, ReportCollected, FiguresRequested, CheckDisposed, CalendarLoaded>;

} // namespace mingce
