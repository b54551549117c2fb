/// Reads the fields of a request body and collects everything that is wrong with them before the call is refused.
struct KlaviFields {
    private let object: JSON
    private(set) var problems: [String] = []

    /// Refuses a body that is no JSON object.
    init(_ request: APIRequest) throws(KlaviRefusal) {
        guard let object = JSON(parsing: request.body), object.members != nil else {
            throw .badRequest(["the body must be a JSON object"])
        }
        self.object = object
    }

    /// Null counts as absent.
    func value(_ name: String) -> JSON? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    mutating func text(_ name: String, isRequired: Bool = false) -> String? {
        guard let value = value(name) else {
            if isRequired { problems += ["\(name) should not be empty", "\(name) must be a string"] }
            return nil
        }
        guard let text = value.string else {
            problems.append("\(name) must be a string")
            return nil
        }
        if isRequired && text.isEmpty { problems.append("\(name) should not be empty") }
        return text
    }

    /// A CPF has 11 digits, a CNPJ 14.
    mutating func taxID(_ name: String, digitCount: Int, isRequired: Bool = false) -> String? {
        guard let text = text(name, isRequired: isRequired) else { return nil }
        guard KlaviTaxID.isValid(text, digitCount: digitCount) else {
            problems.append("\(name) must be \(digitCount) digits")
            return nil
        }
        return text
    }

    mutating func webURL(_ name: String) -> String? {
        guard let text = text(name), !text.isEmpty else { return nil }
        if !KlaviURL.isWeb(text) { problems.append("\(name) must be a URL address") }
        return text
    }

    mutating func objectValue(_ name: String) -> JSON? {
        guard let value = value(name) else { return nil }
        if value.members == nil { problems.append("\(name) must be an object") }
        return value
    }

    /// Both spellings of the rules for report addresses; the documented one counts before the other.
    mutating func reportAddresses() -> JSON? {
        let name = value("productsCallbackURL") == nil ? "productsCallbackUrl" : "productsCallbackURL"
        return objectValue(name)
    }

    mutating func texts(_ name: String, isRequired: Bool = false) -> [String]? {
        guard let value = value(name) else {
            if isRequired { problems += ["\(name) should not be empty", "\(name) must be an array"] }
            return nil
        }
        guard let elements = value.elements else {
            problems.append("\(name) must be an array")
            return nil
        }
        let texts = elements.compactMap(\.string)
        if texts.count < elements.count || texts.contains("") {
            problems.append("each value in \(name) must be a string that is not empty")
        }
        return texts
    }

    mutating func complain(_ problem: String) {
        problems.append(problem)
    }

    /// Refuses the call if anything was wrong.
    func finish() throws(KlaviRefusal) {
        if !problems.isEmpty { throw .badRequest(problems) }
    }
}

/// Brazilian tax numbers, by their form alone: check digits are not computed.
enum KlaviTaxID {
    static let cpfDigitCount = 11
    static let cnpjDigitCount = 14
    /// The person of deliveries that are about nobody in particular.
    static let example = "12345678909"
    static let businessExample = "12345678000195"

    static func isValid(_ text: String, digitCount: Int) -> Bool {
        text.utf8.count == digitCount && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
