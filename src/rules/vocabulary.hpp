#pragma once
// The glossary: one English word for each Chinese term, in C++, on the wire and in data files.

#include "base/described.hpp"

namespace mingce {

/// 收到渠道 (条例29、31): decides which day is the day of receipt.
enum class Channel {
  in_person,   // 当面提交
  oral,        // 口头，由工作机构代为填写
  post_signed, // 邮寄，需签收
  post_plain,  // 平常信函，无需签收
  web,         // 互联网渠道
  email,       // 电子邮件
  fax          // 传真
};
BOOST_DESCRIBE_ENUM(Channel, in_person, oral, post_signed, post_plain, web, email, fax)

/// 申请人情况: the six columns of table 三.
enum class ApplicantKind {
  natural_person,        // 自然人
  commercial_enterprise, // 商业企业
  research_institution,  // 科研机构
  public_welfare_org,    // 社会公益组织
  legal_service_org,     // 法律服务机构
  other_org              // 其他
};
BOOST_DESCRIBE_ENUM(ApplicantKind, natural_person, commercial_enterprise, research_institution,
                    public_welfare_org, legal_service_org, other_org)

/// 办理结果: finer than either edition's rows; the edition's data file says which row counts which.
enum class Outcome {
  disclosed_already_public,             // 36(1) 已主动公开，告知获取方式
  disclosed_provided,                   // 36(2) 予以公开
  partially_disclosed,                  // 37 部分公开
  refused_state_secret,                 // 14
  refused_prohibited_by_law,            // 14
  refused_security_and_stability,       // 14
  refused_third_party_rights,           // 15、32
  refused_internal_affairs,             // 16(1)
  refused_deliberative_process,         // 16(2)
  refused_enforcement_file,             // 16(2)
  refused_administrative_query,         // 36(7)
  unavailable_not_held,                 // 36(4)
  unavailable_not_responsible,          // 36(5)
  unavailable_requires_creation,        // 38
  unavailable_unclear_after_correction, // 30
  not_processed_petition,               // 39(1)
  not_processed_repeat,                 // 36(6)
  not_processed_publication,            // 39(2)
  not_processed_abusive,                // 35
  not_processed_reconfirmation,         // 报告格式
  closed_correction_lapsed,             // 30 逾期不补正
  closed_fee_unpaid,                    // 国办函〔2020〕109号 6 逾期不缴费
  closed_withdrawn,                     // 申请人撤回
  closed_merged,                        // 并案
  closed_not_information,               // 不属于政府信息公开申请
  closed_applicant_gone,                // 申请人死亡或终止
  closed_other                          // 其他
};
BOOST_DESCRIBE_ENUM(Outcome, disclosed_already_public, disclosed_provided, partially_disclosed,
                    refused_state_secret, refused_prohibited_by_law, refused_security_and_stability,
                    refused_third_party_rights, refused_internal_affairs,
                    refused_deliberative_process, refused_enforcement_file,
                    refused_administrative_query, unavailable_not_held, unavailable_not_responsible,
                    unavailable_requires_creation, unavailable_unclear_after_correction,
                    not_processed_petition, not_processed_repeat, not_processed_publication,
                    not_processed_abusive, not_processed_reconfirmation, closed_correction_lapsed,
                    closed_fee_unpaid, closed_withdrawn, closed_merged, closed_not_information,
                    closed_applicant_gone, closed_other)

/// `refused_state_secret` is `refused.state_secret` on the wire: the family, a dot, the ground.
template <>
struct WireSpelling<Outcome> {
  static std::string spell(std::string_view enumerator) {
    std::string word(enumerator);
    for (std::string_view family :
         {"disclosed", "refused", "unavailable", "not_processed", "closed"})
      if (enumerator.starts_with(family) && enumerator.size() > family.size())
        word[family.size()] = '.';
    return word;
  }
};

/// A conclusion without an answer (不再处理、撤回、并案 …): never the outcome of an answer.
inline bool is_closing(Outcome outcome) { return outcome >= Outcome::closed_correction_lapsed; }
/// 事项: only applications for disclosure are counted in table 三 (条例41 is another procedure).
enum class Matter { disclosure, record_correction, complaint };
BOOST_DESCRIBE_ENUM(Matter, disclosure, record_correction, complaint)

enum class OrganKind {
  state_council_organ, // 国务院部门、直属机构
  government,          // 人民政府
  department,          // 政府工作部门
  township,            // 乡镇人民政府
  subdistrict,         // 街道办事处
  agency,              // 派出机构、内设机构
  authorised_org       // 法律、法规授权的组织
};
BOOST_DESCRIBE_ENUM(OrganKind, state_council_organ, government, department, township, subdistrict,
                    agency, authorised_org)

/// 征求意见的对象 (条例32、34)
enum class ConsultedParty { third_party, co_producer, other_organ };
BOOST_DESCRIBE_ENUM(ConsultedParty, third_party, co_producer, other_organ)

enum class ConsultationResult { agreed, objected, no_reply, withdrawn };
BOOST_DESCRIBE_ENUM(ConsultationResult, agreed, objected, no_reply, withdrawn)

/// 收费标准 (国办函〔2020〕109号): 按件 or 按量, never both for one request.
enum class FeeScheme { by_item, by_page };
BOOST_DESCRIBE_ENUM(FeeScheme, by_item, by_page)

/// 逾期答复的原因, as the yearly figures group them.
enum class LateReason {
  workload,              // 工作量大、人手不足
  large_volume,          // 信息数量大、检索困难
  internal_coordination, // 内部会商、审批
  external_consultation, // 等待第三方或其他机关意见
  technical,             // 系统或设备故障
  applicant,             // 申请人原因
  other                  // 其他
};
BOOST_DESCRIBE_ENUM(LateReason, workload, large_volume, internal_coordination,
                    external_consultation, technical, applicant, other)

enum class ServiceResult { delivered, returned, refused };
BOOST_DESCRIBE_ENUM(ServiceResult, delivered, returned, refused)

enum class ApprovalResult { requested, granted, refused };
BOOST_DESCRIBE_ENUM(ApprovalResult, requested, granted, refused)

/// 责令重新处理的来源
enum class RedoOrigin { self, reconsideration, litigation };
BOOST_DESCRIBE_ENUM(RedoOrigin, self, reconsideration, litigation)

/// Where an event comes from: seen as it happened, or taken over from an older register.
enum class Source { observed, asserted };
BOOST_DESCRIBE_ENUM(Source, observed, asserted)

/// 办理状态
enum class CaseState {
  submitted,
  processing,
  awaiting_correction,
  consulting,
  awaiting_fee,
  awaiting_reasons,
  concluded,
  redo,
  voided,
  split,
  submission_closed
};
BOOST_DESCRIBE_ENUM(CaseState, submitted, processing, awaiting_correction, consulting, awaiting_fee,
                    awaiting_reasons, concluded, redo, voided, split, submission_closed)

/// The organ's role in a dispute: 被申请人/被告, or only the 复议机关 joined to another's suit.
enum class DisputeRole { respondent, authority_only };
BOOST_DESCRIBE_ENUM(DisputeRole, respondent, authority_only)

enum class ReconsiderationProcedure { ordinary, simplified };
BOOST_DESCRIBE_ENUM(ReconsiderationProcedure, ordinary, simplified)

/// 行政复议决定 (复议法2023, 63–73)
enum class ReconsiderationDecision {
  upheld,
  claim_rejected,
  modified,
  revoked,
  partially_revoked,
  declared_unlawful,
  declared_void,
  ordered_to_perform,
  application_rejected,
  terminated,
  mediated
};
BOOST_DESCRIBE_ENUM(ReconsiderationDecision, upheld, claim_rejected, modified, revoked,
                    partially_revoked, declared_unlawful, declared_void, ordered_to_perform,
                    application_rejected, terminated, mediated)

/// 行政诉讼裁判 (行政诉讼法69–77)
enum class Judgment {
  claims_rejected,
  revoked,
  partially_revoked,
  declared_unlawful,
  declared_void,
  ordered_to_perform,
  ordered_to_pay,
  ordered_to_remedy,
  modified,
  suit_dismissed,
  withdrawn,
  terminated
};
BOOST_DESCRIBE_ENUM(Judgment, claims_rejected, revoked, partially_revoked, declared_unlawful,
                    declared_void, ordered_to_perform, ordered_to_pay, ordered_to_remedy, modified,
                    suit_dismissed, withdrawn, terminated)

enum class Appellant { applicant, organ, third_party };
BOOST_DESCRIBE_ENUM(Appellant, applicant, organ, third_party)

enum class AppealResult { sustained, withdrawn, changed, remanded, continue_trial };
BOOST_DESCRIBE_ENUM(AppealResult, sustained, withdrawn, changed, remanded, continue_trial)

/// The columns of table 四 (总计 is computed).
enum class DisputeColumn { upheld, corrected, other, pending };
BOOST_DESCRIBE_ENUM(DisputeColumn, upheld, corrected, other, pending)

/// The blocks of table 四.
enum class DisputeBlock { reconsideration, litigation_direct, litigation_after_reconsideration };
BOOST_DESCRIBE_ENUM(DisputeBlock, reconsideration, litigation_direct,
                    litigation_after_reconsideration)

/// Whose cases: the organ's own, or those of the organ and all below it.
enum class Scope { organ, region };
BOOST_DESCRIBE_ENUM(Scope, organ, region)

/// What becomes of facts learned after a report was published.
enum class LateFact {
  restate,       // 计入事实所属年度，与已公布数字的差异列出
  next_open_year // 计入下一未公布年度，已公布的各年度不变
};
BOOST_DESCRIBE_ENUM(LateFact, restate, next_open_year)

} // namespace mingce
