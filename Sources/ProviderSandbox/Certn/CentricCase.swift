internal import Foundation
internal import StrictJSON

/// A case: checks of one person. The progress of a case is determined when the case is created, and its status depends
/// only on the time.
struct CentricCase: Sendable {
    enum Status: String, Sendable {
        case ordered = "CASE_ORDERED"
        case invited = "APPLICANT_INVITED"
        case opened = "APPLICANT_OPENED"
        case submitted = "APPLICANT_SUBMITTED"
        case inProgress = "IN_PROGRESS"
        case cancelled = "CANCELLED"
        case complete = "COMPLETE"

        var isClosed: Bool { self == .cancelled || self == .complete }

        /// The status of the checks in a case with this status. Certn documents it only for closed cases.
        var ofChecks: Status { isClosed || self == .inProgress ? self : .ordered }
    }

    /// The duration of the checks in seconds.
    static let checkTime: TimeInterval = 5
    static let checkTypes = [
        "IDENTITY_VERIFICATION_1", "CREDIT_REPORT_1", "CANADIAN_CREDIT_REPORT_1", "CRIMINAL_RECORD_REPORT_1",
        "BASIC_CANADIAN_CRIMINAL_RECORD_REPORT_1", "MOTOR_VEHICLE_RECORD_1",
    ]
    static let packageID = "c3b8a5f2-6d47-4e1b-9f20-8a7b6c5d4e03"
    static let packageTypes = ["IDENTITY_VERIFICATION_1", "BASIC_CANADIAN_CRIMINAL_RECORD_REPORT_1"]

    let id: String
    let shortID: String
    let createdAt: Date
    let email: String
    let checks: [(id: String, shortID: String, type: String)]
    var tags: [String]
    var inputClaims: JSON
    private var course: [(status: Status, at: Date)]

    init(email: String, types: [String], inputClaims: JSON, tags: [String] = [], _ world: inout World) {
        id = world.random.uuid()
        shortID = world.random.hex(8).uppercased()
        createdAt = world.now
        self.email = email
        self.inputClaims = inputClaims
        self.tags = tags
        checks = types.map { (world.random.uuid(), world.random.hex(8).uppercased(), $0) }
        course = [(.ordered, world.now)]
    }

    func status(at now: Date) -> Status { course.last { $0.at <= now }?.status ?? .ordered }

    mutating func redirect(to statuses: [(status: Status, after: TimeInterval)], from now: Date) {
        course.removeAll { $0.at > now }
        course += statuses.map { (status: $0.status, at: now + $0.after) }
    }

    func json(at now: Date) -> JSON {
        let status = status(at: now)
        let isComplete = status == .complete
        let score: JSON = isComplete ? "CLEAR" : nil
        let claims: JSON = isComplete ? ["verified": true] : nil
        let checks = checks.map { check -> JSON in
            [
                "id": "\(check.id)", "short_id": "\(check.shortID)", "type": "\(check.type)",
                "status": "\(status.ofChecks.rawValue)", "score": score, "sub_score": nil, "adjudication_score": nil,
                "adjudication_sub_score": nil, "output_claims": claims,
            ]
        }
        return [
            "id": "\(id)", "short_id": "\(shortID)", "created": "\(createdAt.milliseconds)",
            "overall_status": "\(status.rawValue)", "overall_score": score, "email_address": "\(email)",
            "checks": .array(checks), "input_claims": inputClaims, "tags": .array(tags.map { .string($0) }),
            "group": "7e1a6c1d-9b0e-4f3c-8d57-1c2a3b4d5e02", "ordered_by": "0d9c2f7e-3f0a-4a55-8a36-5b8f2f1c9a01",
        ]
    }
}

/// The validation of orders.
extension CentricCase {
    /// The fields of an order. Name and date of birth are required unless the applicant enters them.
    static func fields(of order: JSON, isPackage: Bool) -> [BodyField] {
        func claim(_ name: String, _ kind: BodyField.Kind) -> BodyField {
            BodyField(name: name, kind: kind, isRequired: isQuickscreen(order, isPackage: isPackage))
        }
        let address =
            ["street_address", "locality", "country"].map { BodyField.required($0, .text) }
            + ["administrative_division_1", "postal_code"].map { BodyField.optional($0, .text) }
        return [
            .required("email_address", .email),
            isPackage
                ? .required("package", .uuid(packageID))
                : .required("check_types_with_arguments", .object(checkTypes.map { .optional($0, .object([])) })),
            .optional("return_invite_link", .flag), .optional("send_invite_email", .flag), .optional("tag", .text),
            claim(
                "input_claims",
                .object([
                    claim("name", .object([claim("given_name", .text), claim("family_name", .text)])),
                    claim("date_of_birth", .date),
                    .optional(
                        "residences",
                        .list(of: [.optional("start_date", .date), .required("address", .object(address))])),
                ])),
        ]
    }

    /// True if the applicant is not invited. By default a package order sends an invitation, which requires only an
    /// e-mail address.
    static func isQuickscreen(_ order: JSON, isPackage: Bool) -> Bool {
        let isSilent = order["send_invite_email"] == nil && order["return_invite_link"] == nil
        return order["send_invite_email"] != true && order["return_invite_link"] != true && !(isPackage && isSilent)
    }
}
