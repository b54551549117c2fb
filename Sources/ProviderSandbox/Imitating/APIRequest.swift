internal import Foundation

/// A call to one of the imitated APIs, read off the wire.
package struct APIRequest: Sendable, Equatable {
    package let method: String
    /// Percent-decoded, without its query; empty components stay out: `/a//b/` is `["a", "b"]`.
    package let path: [String]
    package let query: [QueryItem]
    package let headers: [HeaderLine]
    package let body: [UInt8]

    package struct QueryItem: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(method: String, target: String, headers: [HeaderLine] = [], body: [UInt8] = []) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        self.path = (parts.first ?? "").split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        self.query = parts.count > 1 ? Self.items(String(parts[1])) : []
        self.headers = headers
        self.body = body
    }

    /// Nil where the first line is no request line.
    package init?(_ received: ReceivedRequest) {
        let lines = received.headLines.map { String(decoding: $0, as: UTF8.self) }
        guard let words = lines.first?.split(separator: " "), words.count >= 2 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> HeaderLine? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return HeaderLine(
                String(line[..<colon]),
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        self.init(method: String(words[0]), target: String(words[1]), headers: headers, body: received.body)
    }

    /// The JSON object in the body; nil where there is none.
    package var object: JSON? {
        guard let json = JSON(parsing: body), json.members != nil else { return nil }
        return json
    }

    /// The fields of a form in the body (`application/x-www-form-urlencoded`).
    package var form: [QueryItem] {
        Self.items(String(decoding: body, as: UTF8.self))
    }

    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    package func formValue(_ name: String) -> String? {
        form.first { $0.name == name }?.value
    }

    /// What follows this word in `Authorization`: `authorization("Bearer")`.
    package func authorization(_ scheme: String) -> String? {
        guard let value = headers.firstValue(of: "Authorization"), value.hasPrefix(scheme + " ") else { return nil }
        return String(value.dropFirst(scheme.count + 1)).trimmingCharacters(in: .whitespaces)
    }

    /// The user and password of Basic credentials (RFC 7617).
    package var basicCredentials: (user: String, password: String)? {
        guard let text = authorization("Basic"), let data = Data(base64Encoded: text) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// Whether the method is this one and the path these components; `*` stands for any one of them.
    package func matches(_ method: String, _ pattern: String) -> Bool {
        let components = pattern.split(separator: "/")
        return self.method == method && components.count == path.count
            && zip(components, path).allSatisfy { $0 == "*" || $0 == $1 }
    }

    private static func items(_ text: String) -> [QueryItem] {
        text.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ part: Substring) -> String {
                let spaced = part.replacing("+", with: " ")
                return spaced.removingPercentEncoding ?? String(spaced)
            }
            return QueryItem(decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }
}
