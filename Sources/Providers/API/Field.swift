internal import Deliveries
internal import Foundation

/// A flag of a command, and the request member that it fills.
package struct Field: Sendable {
    /// The kind of a flag's value. The text in parentheses is what `FieldValues` stores.
    package enum Kind: Sendable, Equatable {
        case text
        /// A flag without a value (`true`).
        case flag
        /// A whole number, 0 or more.
        case integer
        case choice([String])
        /// A duration: `5m`, `1h` (milliseconds).
        case duration
        /// A time: `7d` from now, or RFC 3339 (stored as RFC 3339).
        case moment
        /// Pairs: `name=value`, repeatable.
        case pairs
        /// The path of a file with a JSON object, or `-` for standard input (the text of the file).
        case objectFile
        /// The public URL of this server. `LinkContext.receiver` is derived from this URL.
        case baseURL
        /// The path of a file that contains one link per line.
        case linkFile
    }

    /// The flag without its dashes.
    package let name: String
    package let kind: Kind
    /// The path of the request member in JSON, such as `context.visibleData.issuer`; nil if the form itself inserts the
    /// value.
    package let path: String?
    package let help: String
    /// The placeholder of the value in the help; nil for `text`.
    package let valueName: String?
    package let isRequired: Bool
    package let isRepeated: Bool
    /// True if only `--help-hidden` lists the flag.
    package private(set) var isRare = false
    private let check: Check?

    /// Returns the problem of a value, to be appended to the field's name: "is not an e-mail address". Nil if the value
    /// is valid.
    package typealias Check = @Sendable (String) -> String?

    init(
        _ name: String, _ kind: Kind, path: String? = nil, value: String? = nil, isRequired: Bool = false,
        isRepeated: Bool = false, check: Check? = nil, _ help: String
    ) {
        self.name = name
        self.kind = kind
        self.path = path
        self.help = help
        self.valueName = value
        self.isRequired = isRequired
        self.isRepeated = isRepeated || kind == .pairs
        self.check = check
    }

    /// A field whose value is text.
    init(
        _ name: String, path: String? = nil, value: String? = nil, isRequired: Bool = false, isRepeated: Bool = false,
        check: Check? = nil, _ help: String
    ) {
        self.init(
            name, .text, path: path, value: value, isRequired: isRequired, isRepeated: isRepeated, check: check, help)
    }

    /// The same field, but listed only by `--help-hidden`.
    var rare: Field {
        var field = self
        field.isRare = true
        return field
    }

    /// The problem with a value, as `FieldValues` stores it; nil if the value is valid.
    package func problem(with text: String) -> String? {
        switch kind {
        case .integer, .duration: DecimalText.nonNegative(text.utf8) == nil ? "is not a whole number" : check?(text)
        case .moment: Timestamp(rfc3339: text.utf8) == nil ? "is not a time" : check?(text)
        case .choice(let words): words.contains(text) ? nil : "is not one of \(words.joined(separator: ", "))"
        case .pairs:
            text.firstIndex(of: "=") ?? text.startIndex == text.startIndex
                ? "needs a name and a value, such as name=value" : nil
        case .text, .flag, .objectFile, .baseURL, .linkFile: check?(text)
        }
    }
}

/// Checks that find mistakes without a call. The provider checks more.
extension Field {
    static let email: Check = { text in
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isAddress = parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.contains(where: \.isWhitespace)
        return isAddress ? nil : "is not an e-mail address"
    }

    /// A URL that a provider calls. Callbox itself does not call it.
    static let webAddress: Check = { text in
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }), let parts = URLComponents(string: text),
            ["http", "https"].contains(parts.scheme?.lowercased()), parts.host?.isEmpty == false
        else { return "is not an http or https URL" }
        return nil
    }

    static let day: Check = { text in
        text.utf8.count == 10 && Timestamp(rfc3339: "\(text)T00:00:00Z".utf8) != nil
            ? nil : "is not a date such as 2001-02-28"
    }

    static let notEmpty: Check = { $0.contains { !$0.isWhitespace } ? nil : "is empty" }

    static let positive: Check = { $0.contains { ("1"..."9").contains($0) } ? nil : "is below 1" }

    static let baseURL = Field(
        "base-url", .baseURL, value: "url", "Public URL of this server, which the provider calls.")

    /// Data that the customer adds to an order. The provider returns the data with every report.
    static let externalInfo: [Field] = [
        Field("external", .pairs, value: "key=value", "Member of the externalInfo; repeatable."),
        Field(
            "external-file", .objectFile, value: "file",
            "The externalInfo as a JSON file; - for standard input."),
    ]

    static let furtherFields = Field(
        "fields-file", .objectFile, value: "file", "JSON file with more members of the order.")
}

/// The flags of a command.
package protocol FieldSet: Sendable {
    static var fields: [Field] { get }

    /// A problem of several values together, as a sentence; nil if there is none.
    static func problem(with values: FieldValues) -> String?
}

extension FieldSet {
    package static func problem(with values: FieldValues) -> String? { nil }
}
