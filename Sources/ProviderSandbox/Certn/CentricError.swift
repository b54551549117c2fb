/// The error bodies of the Centric API (PROVIDERS.md 2B.2).
enum CentricError {
    static let notAuthenticated = client(
        401, "not_authenticated", "Authentication credentials were not provided.")
    static let authenticationFailed = client(401, "authentication_failed", "Invalid API key.")
    static let permissionDenied = client(
        403, "permission_denied", "You do not have permission to perform this action.")
    static let notFound = client(404, "not_found", "Not found.")
    static let notJSON = client(
        400, "parse_error", "JSON parse error - Expecting value: line 1 column 1 (char 0)")

    static func notAllowed(_ method: String) -> APIReply {
        client(405, "method_not_allowed", "Method \"\(method)\" not allowed.")
    }

    static func fields(_ problems: [CertnFieldProblem]) -> APIReply {
        let errors = problems.map { problem -> JSON in
            let attribute = problem.path.isEmpty ? "non_field_errors" : problem.path.joined(separator: ".")
            return [
                "code": .string(problem.code), "detail": .string(problem.detail), "attr": .string(attribute),
            ]
        }
        return .json(400, ["type": "validation_error", "errors": .array(errors)])
    }

    /// What cannot be done with a case as it is.
    static func invalid(_ sentence: String) -> APIReply {
        fields([CertnFieldProblem(path: [], code: "invalid", detail: sentence)])
    }

    private static func client(_ status: Int, _ code: String, _ detail: String) -> APIReply {
        .json(
            status,
            ["type": "client_error", "errors": [["code": .string(code), "detail": .string(detail), "attr": nil]]])
    }
}
