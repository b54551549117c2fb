import Deliveries
import StrictJSON

/// The members that HAR 1.2 requires, with their types and values (softwareishard.com/blog/har-12-spec).
enum HARSchema {
    private indirect enum Shape: Sendable {
        case text, nonEmpty, time, url
        /// A number of at least this value. -1 often means "unknown".
        case number(from: Double)
        case list(Shape)
        case object([String: Shape], optional: [String: Shape] = [:])
    }

    private static let pair = Shape.object(["name": .text, "value": .text], optional: ["comment": .text])
    private static let creator = Shape.object(["name": .nonEmpty, "version": .nonEmpty], optional: ["comment": .text])
    private static let page = Shape.object([
        "startedDateTime": .time, "id": .nonEmpty, "title": .text, "pageTimings": .object([:]),
    ])

    private static let request = Shape.object(
        [
            "method": .nonEmpty, "url": .url, "httpVersion": .nonEmpty, "cookies": .list(pair), "headers": .list(pair),
            "queryString": .list(pair), "headersSize": .number(from: -1), "bodySize": .number(from: -1),
        ],
        optional: [
            "postData": .object(
                ["mimeType": .nonEmpty, "text": .text], optional: ["params": .list(pair), "encoding": .nonEmpty])
        ])

    private static let response = Shape.object(
        [
            "status": .number(from: 0), "statusText": .text, "httpVersion": .nonEmpty, "cookies": .list(pair),
            "headers": .list(pair), "content": .object(["size": .number(from: 0), "mimeType": .nonEmpty]),
            "redirectURL": .text,
            "headersSize": .number(from: -1), "bodySize": .number(from: -1),
        ], optional: ["comment": .text])

    private static let har = Shape.object([
        "log": .object(
            [
                "version": .nonEmpty, "creator": creator,
                "entries": .list(
                    .object([
                        "startedDateTime": .time, "time": .number(from: 0), "request": request, "response": response,
                        "cache": .object([:]),
                        "timings": .object([
                            "send": .number(from: 0), "wait": .number(from: 0), "receive": .number(from: 0),
                        ]),
                    ])),
            ], optional: ["pages": .list(page), "browser": creator, "comment": .text])
    ])

    /// The violations, each with its path.
    static func violations(_ root: JSONValue) -> [String] {
        violations(root, har, "")
    }

    private static func violations(_ value: JSONValue, _ shape: Shape, _ place: String) -> [String] {
        switch shape {
        case .text: return value.kind == .string ? [] : ["\(place) is not a string"]
        case .nonEmpty: return value.string?.isEmpty == false ? [] : ["\(place) is empty or not a string"]
        case .time:
            guard let text = value.string,
                text.hasSuffix("Z") || text.dropLast(5).last == "+" || text.dropLast(5).last == "-",
                Timestamp(rfc3339: text.utf8) != nil
            else { return ["\(place) is not a time with a zone"] }
            return []
        case .url:
            let allowed = "-._~:/?#[]@!$&'()*+,;=%"
            guard let text = value.string, text.hasPrefix("http://") || text.hasPrefix("https://"),
                text.unicodeScalars.allSatisfy({
                    $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))
                        || allowed.unicodeScalars.contains($0)
                }
                )
            else { return ["\(place) is not an absolute URL"] }
            return []
        case .number(let least):
            return value.kind == .number && Double(value.rawText).map { $0 >= least } == true
                ? [] : ["\(place) is not a number from \(least)"]
        case .list(let element):
            guard value.kind == .array else { return ["\(place) is not an array"] }
            return value.elements.enumerated().flatMap { violations($1, element, "\(place)[\($0)]") }
        case .object(let required, let optional):
            guard value.kind == .object else { return ["\(place) is not an object"] }
            var found = required.keys.filter { value[$0] == nil }.map { "\(place) lacks \($0)" }
            for member in value.members {
                if let shape = required[member.name] ?? optional[member.name] {
                    found += violations(member.value, shape, "\(place).\(member.name)")
                } else if !member.name.hasPrefix("_"), !required.isEmpty {
                    found.append("\(place).\(member.name) is not a member of HAR 1.2")
                }
            }
            return found
        }
    }
}
