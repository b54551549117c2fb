internal import StrictJSON

/// A request without its body, as the journal stores it.
///
/// The text is a JSON array such as `["POST","/hooks","192.0.2.1",[["Host","a"],["Accept","*/*"]]]`: method, target,
/// peer and the header lines in order, including repeats.
package struct RequestHead: Sendable, Equatable {
    package let method: String
    package let target: String
    package let peer: String
    package let headers: HeaderFields

    package init(method: String, target: String, peer: String, headers: HeaderFields) {
        self.method = method
        self.target = target
        self.peer = peer
        self.headers = headers
    }

    package init(of request: InboundRequest) {
        self.init(method: request.method, target: request.target.text, peer: request.peer, headers: request.headers)
    }

    /// Parses the text. Nil if it is not a valid request head.
    package init?(_ text: [UInt8]) {
        guard let document = try? JSONDocument(parsing: text) else { return nil }
        let parts = Array(document.root.elements)
        guard document.root.kind == .array, parts.count == 4, let method = parts[0].string,
            let target = parts[1].string,
            let peer = parts[2].string, let headers = HeaderText.fields(parts[3])
        else { return nil }
        self.init(method: method, target: target, peer: peer, headers: headers)
    }

    /// The text in UTF-8.
    package var text: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(512)
        text.append(UInt8(ascii: "["))
        for part in [method, target, peer] {
            JSONString.appendQuoted(part, to: &text)
            text.append(UInt8(ascii: ","))
        }
        HeaderText.append(headers, to: &text)
        text.append(UInt8(ascii: "]"))
        return text
    }
}

/// Header lines as JSON, `[["Name","value"],…]`, in order, including repeats.
package enum HeaderText {
    package static func text(_ headers: HeaderFields) -> String {
        var text: [UInt8] = []
        append(headers, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    fileprivate static func append(_ headers: HeaderFields, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "["))
        for (position, field) in headers.fields.enumerated() {
            if position > 0 { text.append(UInt8(ascii: ",")) }
            text.append(UInt8(ascii: "["))
            JSONString.appendQuoted(field.name, to: &text)
            text.append(UInt8(ascii: ","))
            JSONString.appendQuoted(field.value, to: &text)
            text.append(UInt8(ascii: "]"))
        }
        text.append(UInt8(ascii: "]"))
    }

    fileprivate static func fields(_ value: JSONValue) -> HeaderFields? {
        guard value.kind == .array else { return nil }
        var fields: [HeaderField] = []
        for pair in value.elements {
            let parts = Array(pair.elements)
            guard parts.count == 2, let name = parts[0].string, let value = parts[1].string else { return nil }
            fields.append(HeaderField(name, value))
        }
        return HeaderFields(fields)
    }
}
