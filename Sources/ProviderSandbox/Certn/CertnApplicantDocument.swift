internal import Foundation

/// The whole applicant object of the legacy API as it is at one moment: the answer to a call and the body of a webhook
/// (PROVIDERS.md 2A.1). Fields that nothing is known about keep the values of an empty screening.
struct CertnApplicantDocument: Sendable {
    let applicant: CertnApplicant
    let moment: Date
    let baseURL: String

    var stage: CertnApplicant.Stage { applicant.stage(at: moment) }

    var json: JSON {
        .object(membersBeforeLog + [JSON.Member("activity_log", .array(log))] + membersAfterLog)
    }

    /// What the call that invites answers with: the application, with the applicant inside.
    var application: JSON {
        let form = applicant.form
        return [
            "created": .string(CertnSyntax.timestamp(applicant.createdAt)), "modified": .string(modified),
            "id": .string(applicant.applicationID),
            "applicant": [
                "id": .string(applicant.id), "status": .string(status), "first_name": .optional(form.firstName),
                "last_name": .optional(form.lastName), "email": .optional(form.email),
                "phone_number": form.phoneNumber.map {
                    ["phone_type": "MOBILE", "number": .string($0), "country": "CA"]
                } ?? .null,
            ],
            "owner": CertnOrganization.owner(applicant.industry), "is_active": true, "is_selected": false,
            "team_id": .string(CertnOrganization.teamID), "team": CertnOrganization.team(applicant.industry),
        ]
    }

    var onboardingLink: String { "\(baseURL)/certn/onboarding?applicant=\(applicant.id)" }

    private var isComplete: Bool { stage == .complete }

    private var modified: String {
        switch stage {
        case .pending: CertnSyntax.timestamp(applicant.createdAt)
        case .analyzing: CertnSyntax.timestamp(applicant.submittedAt ?? applicant.createdAt)
        case .complete: CertnSyntax.timestamp(applicant.completesAt ?? applicant.createdAt)
        }
    }

    private var status: String {
        switch stage {
        case .pending: "Pending"
        case .analyzing: "Analyzing"
        case .complete: "Returned"
        }
    }

    private var result: JSON { isComplete ? "CLEARED" : "NONE" }
    private var resultLabel: JSON { isComplete ? "Cleared" : "None" }
    private var reportStatus: JSON { isComplete ? "COMPLETE" : "ANALYZING" }
    private var score: JSON { isComplete ? "PASS" : "NONE" }

    private var membersBeforeLog: [JSON.Member] {
        let form = applicant.form
        let head: JSON = [
            "created": .string(CertnSyntax.timestamp(applicant.createdAt)), "modified": .string(modified),
            "last_updated": .string(modified),
            "submitted_time": stage == .pending ? nil : .optional(applicant.submittedAt.map(CertnSyntax.timestamp)),
            "id": .string(applicant.id), "is_submitted": .bool(stage != .pending),
            "applicant_type": applicant.isInvite ? "Application Completed" : "Quick Screen",
            "status": .string(status), "status_label": .string(status), "result": result, "result_label": resultLabel,
            "report_status": reportStatus, "certn_score": nil, "certn_score_label": score, "certn_score_value": score,
            "country": "CA", "tag": .optional(form.tag), "requested_countries": [],
            "us_criminal_record_check_years": 7,
        ]
        let flags = CertnRequestFlag.names.map { JSON.Member($0, .bool(form.requests.contains($0))) }
        let information = [JSON.Member("id", .string(applicant.informationID))] + form.information
        let tail: JSON = [
            "information": .object(information), "position_or_property_location": form.location ?? .null,
            "employer_questionaire_id": nil, "address_questionaire_id": nil,
            "rcmp_result": check(["criminal_record_check", "enhanced_criminal_record_check"]),
            "equifax_result": check(["equifax"]), "risk_result": check(["softcheck", "social_media_check", "base"]),
            "identity_verification_result": check(["identity_verification", "enhanced_identity_verification"]),
            "applicant_account": ["id": .string(applicant.accountID), "email": .optional(form.email)],
            "application": application, "dispute": false,
        ]
        return (head.members ?? []) + flags + (tail.members ?? [])
    }

    private var membersAfterLog: [JSON.Member] {
        let tail: JSON = [
            "adjudication_status": "NONE", "adjudication_status_label": "None",
            "report_summary": [
                "report_result": result, "report_status": reportStatus, "report_result_label": resultLabel,
                "report_status_label": isComplete ? "Complete" : "Analyzing", "dispute": false,
            ],
            "onboarding_link": .string(onboardingLink), "notes": nil, "comments": [],
        ]
        return tail.members ?? []
    }

    private var log: [JSON] {
        var entries: [JSON] = [
            applicant.isInvite
                ? entry(applicant.createdAt, 1, "INVITED", "Invite sent")
                : entry(applicant.createdAt, 1, "CREATED", "Application created")
        ]
        if let submittedAt = applicant.submittedAt, stage != .pending {
            entries.append(entry(submittedAt, 2, "SUBMITTED", "Application submitted"))
        }
        if let completesAt = applicant.completesAt, isComplete {
            entries.append(entry(completesAt, 3, "COMPLETE", "Report complete"))
        }
        return entries
    }

    /// An entry whose identifier is the applicant's with another end, so that it stays the same in every answer.
    private func entry(_ date: Date, _ number: Int, _ status: String, _ label: String) -> JSON {
        let text = CertnSyntax.timestamp(date)
        return [
            "created": .string(text), "modified": .string(text), "id": .string("\(applicant.id.dropLast())\(number)"),
            "status": .string(status), "status_label": .string(label), "date_label": .string(String(text.prefix(10))),
            "time_label": .string(String(text.dropFirst(11).prefix(5))),
        ]
    }

    /// A check that was asked for is where the applicant is; any other has no result.
    private func check(_ names: [String]) -> JSON {
        let isAsked = names.contains { applicant.form.requests.contains("request_\($0)") }
        let words: (status: JSON, label: JSON) =
            switch (isAsked, stage) {
            case (false, _): ("NONE", "None")
            case (true, .pending): ("PENDING", "Pending")
            case (true, .analyzing): ("ANALYZING", "Analyzing")
            case (true, .complete): ("RETURNED", "Returned")
            }
        let isDone = isAsked && isComplete
        return [
            "status": words.status, "status_label": words.label, "dispute": false,
            "overall_score": isDone ? "PASS" : "NONE", "overall_score_label": isDone ? "Pass" : "None",
            "result": isDone ? "CLEARED" : "NONE", "result_label": isDone ? "Cleared" : "None",
        ]
    }
}
