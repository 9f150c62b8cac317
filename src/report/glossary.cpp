#include "report/glossary.hpp"

#include "rules/account.hpp"
#include "rules/publication.hpp"
#include "rules/revision.hpp"
#include "rules/timers.hpp"

#include <algorithm>
#include <array>

namespace mingce {
namespace {

// ---- words --------------------------------------------------------------------------------------

/// In the order of the enumerators.
template <class E>
using Names = std::array<const char*, enum_size<E>>;
template <class E>
constexpr Names<E> names{};

template <>
constexpr Names<Channel> names<Channel>{"当面提交", "口头提出", "邮寄（签收）", "平常信函",
                                        "互联网",   "电子邮件", "传真"};
template <>
constexpr Names<ApplicantKind> names<ApplicantKind>{"自然人",       "商业企业",     "科研机构",
                                                    "社会公益组织", "法律服务机构", "其他组织"};
template <>
constexpr Names<Outcome> names<Outcome>{"予以公开：已主动公开，告知获取方式",
                                        "予以公开",
                                        "部分公开",
                                        "不予公开：属于国家秘密",
                                        "不予公开：其他法律行政法规禁止公开",
                                        "不予公开：危及“三安全一稳定”",
                                        "不予公开：保护第三方合法权益",
                                        "不予公开：属于三类内部事务信息",
                                        "不予公开：属于四类过程性信息",
                                        "不予公开：属于行政执法案卷",
                                        "不予公开：属于行政查询事项",
                                        "无法提供：本机关不掌握相关政府信息",
                                        "无法提供：不属于本机关负责公开",
                                        "无法提供：没有现成信息需要另行制作",
                                        "无法提供：补正后申请内容仍不明确",
                                        "不予处理：信访举报投诉类申请",
                                        "不予处理：重复申请",
                                        "不予处理：要求提供公开出版物",
                                        "不予处理：无正当理由大量反复申请",
                                        "不予处理：要求确认或重新出具已获取信息",
                                        "其他处理：逾期不补正",
                                        "其他处理：逾期不缴费",
                                        "其他处理：申请人撤回",
                                        "其他处理：并案",
                                        "其他处理：不属于政府信息公开申请",
                                        "其他处理：申请人死亡或终止",
                                        "其他处理：其他"};
template <>
constexpr Names<Matter> names<Matter>{"公开政府信息", "更正本人信息", "投诉举报"};
template <>
constexpr Names<OrganKind> names<OrganKind>{
    "国务院部门、直属机构", "人民政府",           "政府工作部门",       "乡镇人民政府",
    "街道办事处",           "派出机构、内设机构", "法律法规授权的组织",
};
template <>
constexpr Names<ConsultedParty> names<ConsultedParty>{"第三方", "共同制作机关", "其他机关"};
template <>
constexpr Names<ConsultationResult> names<ConsultationResult>{"同意公开", "不同意公开",
                                                              "逾期未答复", "撤回征求"};
template <>
constexpr Names<FeeScheme> names<FeeScheme>{"按件", "按量"};
template <>
constexpr Names<LateReason> names<LateReason>{"工作量大、人手不足",
                                              "信息数量大、检索困难",
                                              "内部会商、审批",
                                              "等待第三方或其他机关意见",
                                              "系统或设备故障",
                                              "申请人原因",
                                              "其他"};
template <>
constexpr Names<ServiceResult> names<ServiceResult>{"送达", "退回", "拒收"};
template <>
constexpr Names<ApprovalResult> names<ApprovalResult>{"送审", "同意", "不同意"};
template <>
constexpr Names<RedoOrigin> names<RedoOrigin>{"本机关", "行政复议", "行政诉讼"};
template <>
constexpr Names<Source> names<Source>{"当时记录", "承接旧登记册"};
template <>
constexpr Names<CaseState> names<CaseState>{"待确认", "办理中",     "待补正",    "征求意见中",
                                            "待缴费", "待说明理由", "已办结",    "重新处理",
                                            "已作废", "已拆分",     "收件已终结"};
template <>
constexpr Names<DisputeRole> names<DisputeRole>{"被申请人（被告）", "仅为复议机关"};
template <>
constexpr Names<ReconsiderationProcedure> names<ReconsiderationProcedure>{"普通程序", "简易程序"};
template <>
constexpr Names<ReconsiderationDecision> names<ReconsiderationDecision>{
    "维持",     "驳回复议请求", "变更",         "撤销", "部分撤销", "确认违法",
    "确认无效", "责令履行",     "驳回复议申请", "终止", "调解"};
template <>
constexpr Names<Judgment> names<Judgment>{
    "驳回诉讼请求",     "撤销", "部分撤销", "确认违法", "确认无效", "判令履行", "判令给付",
    "判令采取补救措施", "变更", "驳回起诉", "撤诉",     "终结"};
template <>
constexpr Names<Appellant> names<Appellant>{"申请人", "行政机关", "第三人"};
template <>
constexpr Names<AppealResult> names<AppealResult>{"维持原判", "撤回上诉", "改判", "发回重审",
                                                  "指令继续审理"};
template <>
constexpr Names<DisputeColumn> names<DisputeColumn>{"结果维持", "结果纠正", "其他结果", "尚未审结"};
template <>
constexpr Names<DisputeBlock> names<DisputeBlock>{"行政复议", "未经复议直接起诉", "复议后起诉"};
template <>
constexpr Names<Scope> names<Scope>{"本机关", "本机关及所属各机关"};
template <>
constexpr Names<LateFact> names<LateFact>{"计入所属年度并列出差异", "计入下一未公布年度"};
template <>
constexpr Names<ReportStatus> names<ReportStatus>{"已上报", "已退回", "已公布", "汇集"};
template <>
constexpr Names<Lamp> names<Lamp>{"绿", "黄", "橙", "红", "灰"};
template <>
constexpr Names<DayUse> names<DayUse>{
    "计入", "调休上班，计入", "周末", "放假", "不计入", "期限停止", "以告知（责令）的日期为准"};
template <>
constexpr Names<RevisionKind> names<RevisionKind>{"迟录", "补录于前", "更正", "撤销", "作废"};

} // namespace

template <class E>
std::string named(std::string_view word) {
  static_assert(names<E>.back() != nullptr, "every enumerator has a name");
  auto value = from_word<E>(word);
  return value ? names<E>[std::size_t(*value)] : std::string(word);
}
template <>
std::string named<TimerKind>(std::string_view word) {
  auto kind = from_word<TimerKind>(word);
  return kind ? title_of(*kind) : std::string(word);
}

template std::string named<Channel>(std::string_view);
template std::string named<ApplicantKind>(std::string_view);
template std::string named<Outcome>(std::string_view);
template std::string named<Matter>(std::string_view);
template std::string named<Source>(std::string_view);
template std::string named<CaseState>(std::string_view);
template std::string named<FeeScheme>(std::string_view);
template std::string named<DisputeRole>(std::string_view);
template std::string named<DisputeColumn>(std::string_view);
template std::string named<DisputeBlock>(std::string_view);
template std::string named<Scope>(std::string_view);
template std::string named<LateFact>(std::string_view);
template std::string named<ReportStatus>(std::string_view);
template std::string named<Lamp>(std::string_view);
template std::string named<DayUse>(std::string_view);
template std::string named<RevisionKind>(std::string_view);

namespace {

// ---- members ------------------------------------------------------------------------------------

struct Term {
  const char* type; ///< of the events that use the member so; "": all others
  const char* member;
  const char* name;
  std::string (*name_of)(std::string_view) = nullptr; ///< where it holds words
};

std::string organ_or_applicant(std::string_view word) {
  return from_word<OrganKind>(word) ? named<OrganKind>(word) : named<ApplicantKind>(word);
}

constexpr Term terms[] = {
    // what a member means in one type alone
    {"request.split", "into", "拆分为"},
    {"correction.requested", "items", "补正事项"},
    {"figures.requested", "items", "填报项目"},
    {"figures.requested", "unit", "填报单位"},
    {"consultation.closed", "result", "意见", named<ConsultationResult>},
    {"notice.served", "result", "送达结果", named<ServiceResult>},
    {"approval.recorded", "result", "审批结果", named<ApprovalResult>},
    {"approval.recorded", "by", "审批人"},
    {"redo.ordered", "by", "责令来源", named<RedoOrigin>},
    {"litigation.appealed", "by", "上诉人", named<Appellant>},
    {"litigation.appeal_decided", "result", "二审结果", named<AppealResult>},
    {"reconsideration.accepted", "authority", "复议机关"},
    // what it means elsewhere
    {"", "channel", "渠道", named<Channel>},
    {"", "kind", "类别", organ_or_applicant},
    {"", "kind_provisional", "类别暂定"},
    {"", "outcome", "办理结果", named<Outcome>},
    {"", "matter", "事由", named<Matter>},
    {"", "with", "征求对象", named<ConsultedParty>},
    {"", "scheme", "计费方式", named<FeeScheme>},
    {"", "late_reason", "逾期原因", named<LateReason>},
    {"", "role", "地位", named<DisputeRole>},
    {"", "procedure", "程序", named<ReconsiderationProcedure>},
    {"", "decision", "复议决定", named<ReconsiderationDecision>},
    {"", "judgment", "裁判", named<Judgment>},
    {"", "effect", "改判为", named<Judgment>},
    {"", "state", "状态", named<CaseState>},
    {"", "assignee", "承办"},
    {"", "redo", "重新处理"},
    {"", "open", "在办"},
    {"", "concluded_on", "办结日期"},
    {"", "subject", "所需信息"},
    {"", "description", "内容描述"},
    {"", "applicant", "申请人"},
    {"", "name", "名称"},
    {"", "ref", "申请人标识"},
    {"", "id_type", "证件类型"},
    {"", "id_no", "证件号码"},
    {"", "contact", "联系方式"},
    {"", "phone", "电话"},
    {"", "email", "电子邮箱"},
    {"", "address", "地址"},
    {"", "agent", "代理人"},
    {"", "authority", "代理权限"},
    {"", "co_applicants", "共同申请人"},
    {"", "form", "提供形式"},
    {"", "delivery", "获取方式"},
    {"", "items", "分项"},
    {"", "id", "编号"},
    {"", "text", "内容"},
    {"", "submitted_on", "提交日期"},
    {"", "referred_from", "转来机关"},
    {"", "rerouted_to", "转往"},
    {"", "reason", "理由"},
    {"", "into", "并入"},
    {"", "result", "结果"},
    {"", "missing", "缺少材料"},
    {"", "unit", "承办单位"},
    {"", "person", "承办人"},
    {"", "act", "审批事项"},
    {"", "document_no", "文号"},
    {"", "target", "所指版本"},
    {"", "method", "方式"},
    {"", "respond_by", "答复期限"},
    {"", "consultation", "征求意见编号"},
    {"", "party", "被征求意见方"},
    {"", "working_days", "工作日数"},
    {"", "approved_by", "批准人"},
    {"", "notified_on", "告知日期"},
    {"", "reasonable", "理由合理"},
    {"", "until", "延至"},
    {"", "quantity", "数量"},
    {"", "pay_by", "缴费期限"},
    {"", "amount", "金额（元）"},
    {"", "prior_items", "当月已计件数"},
    {"", "grounds", "理由依据"},
    {"", "code", "代码"},
    {"", "law", "法律依据"},
    {"", "withheld", "未公开部分"},
    {"", "referral", "告知去向"},
    {"", "earlier_request", "前次申请"},
    {"", "remedy", "救济途径"},
    {"", "duplicate_of", "与之重复的申请"},
    {"", "due_on", "应答日期"},
    {"", "archive_no", "档号"},
    {"", "retention", "保管期限"},
    {"", "on", "日期"},
    {"", "data", "更正内容"},
    {"", "copy_received_on", "收到副本日期"},
    {"", "court", "法院"},
    {"", "case_no", "案号"},
    {"", "after_reconsideration", "经过复议"},
    {"", "requests", "关联申请"},
    {"", "item", "项目"},
    {"", "note", "说明"},
    {"", "source_unit", "数据来源"},
    {"", "parent", "上级机关"},
    {"", "to", "承接机关"},
    {"", "report_by", "年报日期"},
    {"", "lamp_yellow", "黄灯工作日数"},
    {"", "lamp_orange", "橙灯工作日数"},
    {"", "late_fact", "公布后得知的事实", named<LateFact>},
    {"", "year", "年度"},
    {"", "scope", "范围", named<Scope>},
    {"", "edition", "格式版本"},
    {"", "proactive_edition", "表二格式版本"},
    {"", "proactive", "表二"},
    {"", "disputes", "表四"},
    {"", "position", "截至日志序号"},
    {"", "cells", "单元格"},
    {"", "digests", "数字摘要"},
    {"", "sha256", "SHA-256"},
    {"", "sm3", "SM3"},
    {"", "url", "网址"},
    {"", "check", "校验"},
    {"", "title", "标题"},
    {"", "issued_on", "发文日期"},
    {"", "rest", "放假"},
    {"", "work", "上班"},
};

/// Those of one type stand before the others.
const Term* find_term(std::string_view type, std::string_view member) {
  auto found = std::ranges::find_if(terms, [&](auto& term) {
    return member == term.member && (*term.type == '\0' || type == term.type);
  });
  return found == std::end(terms) ? nullptr : found;
}

} // namespace

std::string name_of_member(std::string_view type, std::string_view member) {
  auto* term = find_term(type, member);
  return term ? term->name : std::string(member);
}

std::string name_of_word(std::string_view type, std::string_view member, std::string_view text) {
  auto* term = find_term(type, member);
  return term && term->name_of ? term->name_of(text) : std::string(text);
}

} // namespace mingce
