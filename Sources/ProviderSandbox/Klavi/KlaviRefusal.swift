/// An error of Klavi's API with its documented status and body (PROVIDERS.md 1.3).
struct KlaviRefusal: Error, Equatable {
    /// The `statusCode` in the body of a 416.
    enum BusinessCode: Int {
        case consentRequest = 4003
        case institution = 4004
        case products = 4005
        case productsCallbackURL = 4006
        case authorisationMissing = 4008
    }

    let reply: APIReply

    /// What the fields of the body are wrong in, one sentence each.
    static func badRequest(_ problems: [String]) -> KlaviRefusal {
        KlaviRefusal(status: 400, error: "Bad Request", message: .array(problems.map { .string($0) }))
    }

    static func unauthorized(_ message: String) -> KlaviRefusal {
        KlaviRefusal(status: 401, error: "Unauthorized", message: .string(message))
    }

    static func notFound(_ message: String) -> KlaviRefusal {
        KlaviRefusal(status: 404, error: "Not Found", message: .string(message))
    }

    static func unknownPath(_ request: APIRequest) -> KlaviRefusal {
        notFound("Cannot \(request.method) /\(request.path.joined(separator: "/"))")
    }

    /// A rule of the business that the call breaks: 416, with the code in the body.
    static func business(_ code: BusinessCode, _ message: String) -> KlaviRefusal {
        KlaviRefusal(
            status: 416, code: code.rawValue, error: "Requested Range Not Satisfiable", message: .string(message))
    }

    private init(status: Int, code: Int? = nil, error: String, message: JSON) {
        reply = .json(
            status, ["statusCode": .integer(code ?? status), "error": .string(error), "message": message])
    }
}
