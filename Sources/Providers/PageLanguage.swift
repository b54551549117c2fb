internal import Deliveries

/// The languages of the pages in `BrowserPage`.
enum PageLanguage: Int, CaseIterable {
    case english, portuguese, french

    /// The language tag of the texts (RFC 5646).
    var tag: String {
        switch self {
        case .english: "en"
        case .portuguese: "pt-BR"
        case .french: "fr"
        }
    }

    /// The maximum length of `Accept-Language` in bytes. Longer values are ignored; browsers send fewer than 200 bytes.
    static let byteCountLimit = 1024
    /// The maximum number of language ranges to read.
    static let rangeCountLimit = 32

    /// The language that `Accept-Language` prefers (RFC 9110 §12.5.4), or English if it accepts none of the pages'
    /// languages. A range matches every language with the same primary subtag (RFC 4647 §3.4). Among equal weights the
    /// first range wins, and `*` is the last choice.
    init(preferredBy headers: HeaderFields) {
        let text = headers.values(named: "Accept-Language").joined(separator: ",").utf8
        self = .english
        guard text.count <= Self.byteCountLimit else { return }
        var weights: [Int?] = Self.allCases.map { _ in nil }
        var order: [Self] = []
        var anyWeight = 0
        for element in text.split(separator: UInt8(ascii: ","), maxSplits: Self.rangeCountLimit)
            .prefix(Self.rangeCountLimit)
        {
            guard let (range, weight) = Self.range(element) else { continue }
            if range == "*" { anyWeight = max(anyWeight, weight) }
            let primary = range.prefix { $0 != "-" }
            guard let language = Self.allCases.first(where: { $0.tag.prefix(2) == primary }) else { continue }
            if weights[language.rawValue] == nil { order.append(language) }
            weights[language.rawValue] = max(weights[language.rawValue] ?? 0, weight)
        }
        var best = 0
        for language in order + Self.allCases {
            let weight = weights[language.rawValue] ?? anyWeight
            if weight > best { (self, best) = (language, weight) }
        }
    }

    /// Parses `pt-BR;q=0.8`: the range in lower case and its weight in thousandths. Nil for any other text.
    private static func range(_ element: Substring.UTF8View) -> (range: Substring, weight: Int)? {
        let parts = Substring(element).split(separator: ";", omittingEmptySubsequences: false)
            .map { Substring($0.lowercased()[...].utf8.trimmingOptionalWhitespace) }
        guard let range = parts.first, !range.isEmpty, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (range, 1000) }
        guard parts[1].hasPrefix("q="), let weight = thousandths(parts[1].utf8.dropFirst(2)) else { return nil }
        return (range, weight)
    }

    /// A `qvalue`: 0 to 1 with at most three decimals (RFC 9110 §12.4.2).
    private static func thousandths(_ text: Substring.UTF8View.SubSequence) -> Int? {
        guard (1...5).contains(text.count), text.count == 1 || text.dropFirst().first == UInt8(ascii: ".") else {
            return nil
        }
        let decimals = text.dropFirst(2)
        guard let whole = DecimalText.nonNegative(text.prefix(1)),
            let fraction = decimals.isEmpty ? 0 : DecimalText.nonNegative(decimals)
        else { return nil }
        let value = Int(whole) * 1000 + Int(fraction) * [1000, 100, 10, 1][decimals.count]
        return value <= 1000 ? value : nil
    }
}
