internal import Foundation
internal import StrictJSON

/// A member that the body of a call may have, and the kind of its value. The fakes check bodies with lists of fields.
struct BodyField: Sendable {
    indirect enum Kind: Sendable {
        case text, flag, integer(ClosedRange<Int>), date, email, httpURL, digits(Int)
        /// The value must be this UUID.
        case uuid(String)
        case object([BodyField])
        case list(of: [BodyField])
        case texts
        case choice([String])
    }

    let name: String
    let kind: Kind
    var isRequired = false

    static func required(_ name: String, _ kind: Kind) -> BodyField {
        BodyField(name: name, kind: kind, isRequired: true)
    }
    static func optional(_ name: String, _ kind: Kind) -> BodyField { BodyField(name: name, kind: kind) }
}

/// A problem with one member of a body.
struct BodyProblem: Sendable {
    enum Reason: Sendable {
        case missing, null, blank, emptyList
        /// The value has a different JSON type.
        case wrongType(JSON)
        /// The value has the right type but is not valid for its kind.
        case invalid(String)
    }

    /// The names from the outermost to the innermost. The index of a list element is written in digits.
    let path: [String]
    let kind: BodyField.Kind
    let isRequired: Bool
    let reason: Reason

    var name: String { path.joined(separator: ".") }

    /// The problem in the words of Klavi's framework. EZiD and Certificall do not document texts, so their fakes use
    /// the first of these texts.
    var texts: [String] {
        let type =
            switch kind {
            case .object: "an object"
            case .list, .texts: "an array"
            case .integer: "an integer number"
            case .flag: "a boolean"
            default: "a string"
            }
        return switch (reason, kind) {
        case (.missing, _), (.null, _): ["\(name) should not be empty", "\(name) must be \(type)"]
        case (.blank, _), (.emptyList, _): ["\(name) should not be empty"]
        case (.invalid, .digits(let count)): ["\(name) must be \(count) digits"]
        case (.invalid, .httpURL): ["\(name) must be a URL address"]
        case (.invalid, .email): ["\(name) must be an email"]
        case (.invalid, .choice(let choices)): ["\(name) must be \(choices.joined(separator: " or "))"]
        case (.invalid, .integer(let range)): ["\(name) must be \(range.lowerBound) to \(range.upperBound)"]
        case (.invalid, .texts): ["each value in \(name) must be a string that is not empty"]
        default: ["\(name) must be \(type)"]
        }
    }
}

extension [BodyField] {
    /// All problems of an object, in the order of the fields. A null value counts as missing.
    func problems(in object: JSON, at path: [String] = []) -> [BodyProblem] {
        flatMap { field -> [BodyProblem] in
            let path = path + [field.name]
            func problem(_ reason: BodyProblem.Reason) -> [BodyProblem] {
                [BodyProblem(path: path, kind: field.kind, isRequired: field.isRequired, reason: reason)]
            }
            guard let value = object[field.name] else { return field.isRequired ? problem(.missing) : [] }
            if case .null = value { return field.isRequired ? problem(.null) : [] }
            return field.problems(of: value, at: path)
        }
    }
}

extension BodyField {
    fileprivate func problems(of value: JSON, at path: [String]) -> [BodyProblem] {
        func problem(_ reason: BodyProblem.Reason, _ path: [String]) -> [BodyProblem] {
            [BodyProblem(path: path, kind: kind, isRequired: isRequired, reason: reason)]
        }
        switch kind {
        case .flag: return value.boolean == nil ? problem(.wrongType(value), path) : []
        case .integer(let range):
            guard let number = value.integer else { return problem(.wrongType(value), path) }
            return range.contains(number) ? [] : problem(.invalid(""), path)
        case .object(let fields):
            return value.members == nil ? problem(.wrongType(value), path) : fields.problems(in: value, at: path)
        case .list(let fields):
            guard let elements = value.elements else { return problem(.wrongType(value), path) }
            if isRequired && elements.isEmpty { return problem(.emptyList, path) }
            return elements.enumerated().flatMap { index, element in
                BodyField(name: "", kind: .object(fields)).problems(of: element, at: path + [String(index)])
            }
        case .texts:
            guard let elements = value.elements else { return problem(.wrongType(value), path) }
            return elements.allSatisfy { $0.string?.isEmpty == false } ? [] : problem(.invalid(""), path)
        default:
            guard let text = value.string else { return problem(.wrongType(value), path) }
            if isRequired && text.allSatisfy(\.isWhitespace) { return problem(.blank, path) }
            return accepts(text) ? [] : problem(.invalid(text), path)
        }
    }

    private func accepts(_ text: String) -> Bool {
        switch kind {
        case .date: TextForm.isDay(text)
        case .email: text.isEmpty && !isRequired || TextForm.isEmail(text)
        case .uuid(let known): text.lowercased() == known
        case .httpURL: text.isEmpty || WebAddress.isHTTP(text)
        case .digits(let count): text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        case .choice(let choices): choices.contains(text)
        default: true
        }
    }
}

/// Checks text formats that several providers use.
enum TextForm {
    /// True for a string with one `@`, at least one character before it, and a domain with a dot after it.
    static func isEmail(_ text: String) -> Bool {
        text.utf8.count <= 254
            && text.wholeMatch(of: /[^@\s()\[\],;:\\"]+@[^@\s.\-<>]+[^@\s<>]*\.[^@\s.<>]*[^@\s.\-<>]/) != nil
    }

    /// True for an existing day, such as `2028-02-29`.
    static func isDay(_ text: String) -> Bool {
        guard let parts = text.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)/)?.output, text.utf8.count == 10 else {
            return false
        }
        return DateComponents(
            calendar: Calendar(identifier: .gregorian), timeZone: .gmt, year: Int(parts.1), month: Int(parts.2),
            day: Int(parts.3)
        ).isValidDate
    }
}
