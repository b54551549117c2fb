internal import Deliveries
internal import StrictJSON

/// Certificall's API, including its Certilinks for one user (certificall-reference: API).
package enum CertificallAPI {
    package static let description = APIDescription(
        name: "certificall", provider: "certificall", defaultURL: "https://admin.certificall.app/certificall/api",
        credentials: ["username", "password"], extraURLs: ["certilink-url"], login: login, rejection: rejection,
        links: [CertilinkForm.self], update: CertilinkChange.self,
        cancel: LinkCancellation(key: magicLinkToken, effect: "deletes it") { token, account in
            ProviderCall(json: account.certilink("DELETE", try APIRoot.segment(token, "magicLinkToken"))) { _ in }
        },
        secretLinkKeys: [magicLinkToken],
        lookups: [CertificallFrames.self, CertilinkList.self, CertificallCases.self],
        followUp: CertificallFollowUp.rules)

    /// The key of a link: the query item `mt` of its URL.
    static let magicLinkToken = "magicLinkToken"

    /// `POST /auth/token`. The lifetime is not documented. If the token is a JWT with an expiry, that expiry is used.
    static func login(_ account: APIAccount) -> ProviderCall<AccessToken> {
        var body = JSONBody()
        body.set("username", account.name)
        body.set("password", account.text("password"))
        let request = account.request(
            "POST", "/auth/token", json: body.json, repetition: .safe, needsAccessToken: false)
        return ProviderCall(json: request) { response in
            let text = try response.text("token")
            return try AccessToken(text, expiresAt: JSONWebToken(text)?.time("exp"))
        }
    }

    /// `GET /cases?format=metadata`. The response lists at most ten days.
    static func cases(
        hours: String?, closed: Bool?, withReportToken: Bool?, _ account: APIAccount
    ) -> ProviderCall<[ResponseFields]> {
        let request = account.request(
            "GET", "/cases",
            query: [
                ("format", "metadata"), ("hours", hours), ("withReportToken", withReportToken.map { "\($0)" }),
                ("closed", closed.map { "\($0)" }),
            ])
        return ProviderCall(json: request) { try $0.elements() }
    }

    /// Reads `{statusCode, message, error}`, the format of NestJS. The message is a string or a list.
    static func rejection(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        let words = RejectionWords(response, firstOf: ["message", "error"])
        return ProviderRejection(
            response, words: words,
            advice: words.contains("report token")
                ? "Check the reportToken: it must be the one set when the link was created." : nil,
            credentials: "username and password")
    }
}

extension APIAccount {
    /// A request under `/certilink`, which may have a separate base URL.
    func certilink(
        _ method: String, _ path: String, json: JSONText? = nil, repetition: ProviderRequest.Repetition? = nil
    ) -> ProviderRequest {
        request(method, "/certilink/\(path)", json: json, root: extraRoot("certilink-url"), repetition: repetition)
    }
}

/// `GET /frames` (certificall-reference: API).
package enum CertificallFrames: Lookup {
    package static let api = CertificallAPI.description
    package static let name = "frames"
    package static let abstract = "List Certificall's frames, the kinds of inspection."
    package static let discussion = """
        EXAMPLES
          callbox links fetch frames
        """
    package static let fields: [Field] = []

    package static func call(
        _ subject: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Finding> {
        ProviderCall(json: account.request("GET", "/frames")) { frames in
            .list(
                columns: [.init("FRAME", "id"), .init("NAME", "name"), .init("STEPS", "steps")],
                entries: try frames.elements().map { frame in
                    guard let id = frame.integer("id") else {
                        throw ProviderCallFailure.unexpectedResponse("The id of a frame is missing.")
                    }
                    let steps = frame.value["steps"]?.elements.compactMap { $0["title"]?.scalarText } ?? []
                    return .object([
                        .init("id", .integer(id)), .init("name", .optional(frame.optionalText("name"))),
                        .init("steps", .array(steps.map { .string($0) })),
                    ])
                })
        }
    }
}

/// `POST /certilink/findCompanyMagicLinks`.
package enum CertilinkList: Lookup {
    package static let api = CertificallAPI.description
    package static let name = "certilinks"
    package static let abstract = "List the company's Certilinks from Certificall."
    package static let discussion = """
        A Certilink's URL and token are not printed, because they open it.

        EXAMPLES
          callbox links fetch certilinks
          callbox links fetch certilinks --start 100 --count 50
        """
    package static let fields: [Field] = [
        Field("start", .integer, value: "number", "Number of Certilinks to skip. (default: 0)"),
        Field(
            "count", .integer, value: "count",
            check: { (1...100).contains(Int64($0) ?? 0) ? nil : "is not between 1 and 100" },
            "Number of Certilinks to list, at most 100. (default: 100)"),
    ]

    package static func call(
        _ subject: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Finding> {
        let body = JSONText.object([
            .init("start", .integer(values.integer("start") ?? 0)),
            .init("limit", .integer(values.integer("count") ?? 100)),
        ])
        let request = account.certilink("POST", "findCompanyMagicLinks", json: body, repetition: .safe)
        return ProviderCall(json: request) { links in
            .list(
                try links.elements(),
                [
                    ("REPORT", "reportToken"), ("FRAME", "frame.name"), ("ENABLED", "enabled"),
                    ("CREATED", "createdAt"), ("EXPIRES", "expirationDate"),
                ])
        }
    }
}

/// `GET /cases?format=metadata`.
package enum CertificallCases: Lookup {
    package static let api = CertificallAPI.description
    package static let name = "cases"
    package static let abstract = "List recent Certificall cases."
    package static let discussion = """
        EXAMPLES
          callbox links fetch cases --hours 240 --closed
        """
    package static let fields: [Field] = [
        Field(
            "hours", .integer, value: "count",
            check: { (1...240).contains(Int64($0) ?? 0) ? nil : "is not between 1 and 240" },
            "Age limit in hours, at most 240. (default: 12)"),
        Field("closed", .flag, "List only closed cases."),
        Field("with-report-token", .flag, "List only cases with a reportToken."),
    ]

    package static func call(
        _ subject: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Finding> {
        CertificallAPI.cases(
            hours: values["hours"], closed: values.contains("closed") ? true : nil,
            withReportToken: values.contains("with-report-token") ? true : nil, account
        ).map { cases in
            .list(
                cases,
                [
                    ("CASE", "cfRef"), ("FRAME", "frameName"), ("REPORT", "reportToken"), ("CLOSED", "closed"),
                    ("CREATED", "createdAt"), ("CLOSING", "closingDate"),
                ])
        }
    }
}
