internal import Deliveries
internal import Foundation
internal import StrictJSON

/// A problem with a field, in the words of Certn's framework. The legacy API does not send `code`.
typealias CertnProblem = (path: [String], code: String, detail: String)

/// The format in which one of Certn's two APIs writes errors.
enum CertnFormat {
    /// The legacy API: `detail` for an error of the whole call, otherwise a map from fields to errors.
    case legacy
    /// Centric: a list of errors with code, detail and attribute.
    case centric

    var notFound: Rejection { error(404, "not_found", "Not found.") }

    func notAllowed(_ request: APIRequest) -> Rejection {
        error(405, "method_not_allowed", "Method \"\(request.method)\" not allowed.")
    }

    func error(_ status: Int, _ code: String, _ detail: String) -> Rejection {
        switch self {
        case .legacy: Rejection(status, ["detail": "\(detail)"])
        case .centric:
            Rejection(
                status,
                ["type": "client_error", "errors": [["code": "\(code)", "detail": "\(detail)", "attr": nil]]])
        }
    }

    func problems(_ problems: [CertnProblem]) -> Rejection {
        switch self {
        case .legacy: Rejection(400, Self.map(problems.map { ($0.path[...], $0.detail) }))
        case .centric:
            Rejection(
                400,
                [
                    "type": "validation_error",
                    "errors": .array(
                        problems.map {
                            [
                                "code": "\($0.code)", "detail": "\($0.detail)",
                                "attr": "\($0.path.joined(separator: "."))",
                            ]
                        }),
                ])
        }
    }

    func problem(_ path: [String], _ code: String, _ detail: String) -> Rejection {
        problems([(path, code, detail)])
    }

    func rule(_ detail: String) -> Rejection {
        problem(["non_field_errors"], "invalid", detail)
    }

    /// The object in the body after checking its fields. A missing body counts as an empty object.
    func object(
        _ request: APIRequest, _ fields: (JSON) -> [BodyField]
    ) throws -> JSON {
        guard let json = request.body.isEmpty ? [:] : JSON(parsing: request.body) else {
            throw error(400, "parse_error", "JSON parse error - Expecting value: line 1 column 1 (char 0)")
        }
        guard json.members != nil else {
            throw rule("Invalid data. Expected a dictionary, but got \(json.pythonType).")
        }
        let problems = fields(json).problems(in: json).map(\.certn)
        guard problems.isEmpty else { throw self.problems(problems) }
        return json
    }

    /// Groups the problems by the first name in their paths. If all names are indexes, the result is a list.
    private static func map(_ problems: [(path: ArraySlice<String>, detail: String)]) -> JSON {
        var names: [String] = []
        for name in problems.compactMap(\.path.first) where !names.contains(name) { names.append(name) }
        if names.isEmpty { return .array(problems.map { .string($0.detail) }) }
        let values = names.map { name in
            map(problems.filter { $0.path.first == name }.map { ($0.path.dropFirst(), $0.detail) })
        }
        let indexes = names.compactMap { Int($0) }
        guard indexes.count == names.count, let last = indexes.max() else {
            return .object(zip(names, values).map { JSON.Member($0, $1) })
        }
        return .array((0...last).map { index in indexes.firstIndex(of: index).map { values[$0] } ?? [:] })
    }
}

extension BodyProblem {
    fileprivate var certn: CertnProblem {
        func problem(_ code: String, _ detail: String, _ path: [String]) -> CertnProblem {
            (path, code, detail)
        }
        let wrongDate = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
        return switch (reason, kind) {
        case (.missing, _): problem("required", "This field is required.", path)
        case (.null, _): problem("null", "This field may not be null.", path)
        case (.blank, _): problem("blank", "This field may not be blank.", path)
        case (.emptyList, _): problem("empty", "This list may not be empty.", path)
        case (.wrongType(let value), .object):
            problem(
                "invalid", "Invalid data. Expected a dictionary, but got \(value.pythonType).",
                path + ["non_field_errors"])
        case (.wrongType(let value), .list), (.wrongType(let value), .texts):
            problem("not_a_list", "Expected a list of items but got type \"\(value.pythonType)\".", path)
        case (.wrongType, .flag): problem("invalid", "Must be a valid boolean.", path)
        case (_, .date): problem("invalid", wrongDate, path)
        case (.wrongType, _): problem("invalid", "Not a valid string.", path)
        case (.invalid, .email): problem("invalid", "Enter a valid email address.", path)
        case (.invalid(let text), .uuid) where UUID(uuidString: text) == nil:
            problem("invalid", "Must be a valid UUID.", path)
        case (.invalid(let text), .uuid):
            problem("does_not_exist", "Invalid pk \"\(text)\" - object does not exist.", path)
        case (.invalid(let text), _): problem("invalid_choice", "\"\(text)\" is not a valid choice.", path)
        }
    }
}

extension JSON {
    var pythonType: String {
        switch self {
        case .object: "dict"
        case .array: "list"
        case .string: "str"
        case .integer, .number, .raw: "int"
        case .boolean: "bool"
        case .null: "NoneType"
        }
    }
}
