package import Deliveries
internal import Foundation
internal import Redaction
internal import TerminalOutput

/// A request as code that sends the request.
///
/// All text is quoted for the language. A body that is long or not plain text is written in Base64, so no shell, editor
/// or terminal can interpret its bytes.
package struct RequestCode {
    package enum Language: String, CaseIterable, Sendable {
        case curl, httpie, http, python
    }

    let method: String
    let url: String
    let headers: [HeaderField]
    let body: [UInt8]
    /// The name of the file from which `http` reads a body that is not plain text.
    let fileName: String

    /// The maximum length of a body that is passed as one argument. Linux limits each argument to 128 KiB.
    private static let argumentByteCountLimit = 64 * 1024

    package init(method: String, url: String, headers: [HeaderField], body: [UInt8], fileName: String) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.fileName = fileName
    }

    package func text(in language: Language) -> String {
        switch language {
        case .curl: curl
        case .httpie: httpie
        case .http: http
        case .python: python
        }
    }

    /// The body, if code can contain it unchanged: UTF-8 without control characters and invisible characters, except
    /// line feeds and tabs. Nil otherwise.
    private var plainBody: String? {
        guard body.count <= Self.argumentByteCountLimit, let text = String(validating: body, as: UTF8.self),
            TerminalText.escapeLines(text) == text,
            !text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0a && $0 != 0x09 })
        else { return nil }
        return text
    }

    private var base64Lines: String {
        Data(body).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
    }

    /// A shell command that decodes a here-document with `base64 -d`. The shell does not expand the lines of the
    /// document.
    private func piped(to command: String) -> String {
        "base64 -d <<'END' | \(command)\n\(base64Lines)\nEND\n"
    }

    // MARK: Shells

    private var curl: String {
        let kind = method == "HEAD" ? "--head" : "--request \(Self.shell(method))"
        var words = ["curl", "--path-as-is --globoff \(kind)", Self.shell(url)]
        // The headers that curl adds if the command neither sets nor removes them.
        var absent = ["Accept", "User-Agent"]
        let hasBody = !body.isEmpty || method == "POST"
        if hasBody { absent += ["Content-Type", "Expect"] }
        for field in headers {
            absent.removeAll { $0.lowercased() == field.name.lowercased() }
            words.append(
                "--header " + Self.shell(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"))
        }
        words += absent.map { "--header " + Self.shell("\($0):") }
        if hasBody { words.append(plainBody.map { "--data-raw " + Self.shell($0) } ?? "--data-binary @-") }
        let command = words.joined(separator: " \\\n  ")
        return hasBody && plainBody == nil ? piped(to: command) : command + "\n"
    }

    private var httpie: String {
        var words = ["http", "--check-status"]
        if let plainBody { words[1] += " --ignore-stdin" + (body.isEmpty ? "" : " --raw " + Self.shell(plainBody)) }
        // `--` prevents a header whose name starts with a hyphen from being read as an option.
        let end = headers.contains { $0.name.hasPrefix("-") } ? "-- " : ""
        words.append("\(end)\(Self.shell(method)) \(Self.shell(url))")
        var absent = ["Accept", "Accept-Encoding", "User-Agent"]
        if !body.isEmpty { absent.append("Content-Type") }
        for field in headers {
            absent.removeAll { $0.lowercased() == field.name.lowercased() }
            words.append(Self.shell(field.value.isEmpty ? "\(field.name);" : "\(field.name):\(Self.item(field.value))"))
        }
        words += absent.map { Self.shell("\($0):") }
        let command = words.joined(separator: " \\\n  ")
        return plainBody == nil ? piped(to: command) : command + "\n"
    }

    /// The value of a request item of HTTPie. Escapes `:=`, `:@` and `\`, which have a special meaning in such items.
    private static func item(_ value: String) -> String {
        let escaped = value.replacingOccurrences(of: "\\", with: "\\\\")
        return escaped.hasPrefix("=") || escaped.hasPrefix("@") ? "\\" + escaped : escaped
    }

    /// The text as a word of a POSIX shell. Single quotes prevent expansion; control characters are written as escapes
    /// of `printf`.
    static func shell(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a || $0 == 0x09 }
        guard isPlain, TerminalText.escapeLines(text) == text else {
            let octal = text.utf8.map { byte in
                let digits = String(byte, radix: 8)
                return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
            return "\"$(printf '\(octal.joined())')\""
        }
        return "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }

    // MARK: Files

    /// The request in the format of `.http` files, which editors can send.
    private var http: String {
        var lines = ["\(method) \(Self.line(url)) HTTP/1.1"]
        lines += headers.map { "\(Self.line($0.name)): \(Self.line($0.value))" }
        if !body.isEmpty { lines += ["", plainBody ?? "< ./\(fileName)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ text: String) -> String {
        TerminalText.escape(text)
    }

    private var python: String {
        let parts = URLComponents(string: url)
        let isTLS = parts?.scheme?.lowercased() == "https"
        let host = parts?.host.map { $0.hasPrefix("[") ? String($0.dropFirst().dropLast()) : $0 } ?? ""
        var target = parts?.percentEncodedPath ?? ""
        if target.isEmpty { target = "/" }
        if let query = parts?.percentEncodedQuery { target += "?\(query)" }
        var lines = ["import base64, http.client", ""]
        if body.isEmpty {
            lines.append("body = b\"\"")
        } else if let plainBody {
            lines.append("body = \(Self.python(plainBody)).encode()")
        } else {
            lines += ["body = base64.b64decode(\"\"\"", base64Lines, "\"\"\")"]
        }
        let port = parts?.port.map { ", \($0)" } ?? ""
        lines += [
            "connection = http.client.\(isTLS ? "HTTPSConnection" : "HTTPConnection")(\(Self.python(host))\(port), timeout=30)",
            "connection.putrequest(\(Self.python(method)), \(Self.python(target)), skip_accept_encoding=True)",
            "for name, value in [",
        ]
        lines += headers.map { "    (\(Self.python($0.name)), \(Self.python($0.value)))," }
        lines += ["]:", "    connection.putheader(name, value.encode())"]
        if !body.isEmpty || method == "POST" {
            lines.append("connection.putheader(\"Content-Length\", str(len(body)))")
        }
        lines += [
            "connection.endheaders(body)", "response = connection.getresponse()",
            "print(response.status, response.read().decode(errors=\"replace\"))",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The text as an ASCII string literal.
    static func python(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case _ where (0x20..<0x7f).contains(scalar.value): String(scalar)
            default:
                scalar.value <= 0xffff
                    ? "\\u" + Self.hex(scalar.value, 4) : "\\U" + Self.hex(scalar.value, 8)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    private static func hex(_ value: UInt32, _ count: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}

extension ShowFinding {
    /// The request as code. Masks credentials and personal data unless `isRevealed` is true.
    ///
    /// - Parameter request: the method, URL, headers and body to send for a delivery.
    package func code(
        _ language: RequestCode.Language, of place: Place, isRevealed: Bool,
        _ request: (method: String, url: String, headers: [HeaderField], body: [UInt8])
    ) throws(PresentationError) -> String {
        let name = "delivery-\(place.id).body"
        guard !isRevealed else {
            return RequestCode(
                method: request.method, url: request.url, headers: request.headers, body: request.body, fileName: name
            ).text(in: language)
        }
        let view = RequestView(
            request: InboundRequest(
                method: request.method, target: RequestTarget(request.url), headers: HeaderFields(request.headers),
                body: request.body, peer: "", receivedAt: Timestamp(millisecondsSinceEpoch: 0)), bodySHA256: [],
            secrets: secrets)
        guard let body = view.maskedBody else { throw PresentationError.notMaskable(place.id) }
        return RequestCode(
            method: request.method, url: PersonalData.target(request.url, secrets), headers: view.maskedHeaders,
            body: Array(body.utf8),
            fileName: name
        ).text(in: language)
    }
}
