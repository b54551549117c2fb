/// The meaning of a member name whose value is always masked.
enum NameMeaning {
    case credential
    /// The identification number of a person, a company or a document.
    case identity
    case phone
    case account

    /// - Parameters:
    ///   - name: the member name. In a name such as `a.b`, the last part is the name and the part before it is used as
    ///     `outer`.
    ///   - outer: the name of the enclosing member. It decides the meaning of a member whose name is only `number`.
    init?(name: String, outer: String?) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: true)
        let words = NameWords.words(of: parts.last.map(String.init) ?? name)
        let around = parts.count > 1 ? String(parts[parts.count - 2]) : outer
        if SecretNames.isCredential(words.joined()) {
            self = .credential
        } else if Self.pairs(words).contains(where: ["tax id", "national id"].contains) {
            self = .identity
        } else if words.contains(where: Self.harmlessWords.contains) {
            return nil
        } else if words.count == 1, Self.numberWords.contains(words[0]) {
            guard let meaning = around.flatMap(Self.init(around:)) else { return nil }
            self = meaning
        } else if let meaning = Self(words: words) {
            self = meaning
        } else {
            return nil
        }
    }

    private init?(around name: String) {
        let words = NameWords.words(of: name)
        if SecretNames.isCredential(words.joined()) {
            self = .credential
        } else if words.contains(where: Self.documentWords.contains) {
            self = .identity
        } else if words.contains(where: Self.phoneWords.contains) {
            self = .phone
        } else if words.contains(where: ["account", "accounts", "card", "cards", "conta", "contas"].contains) {
            self = .account
        } else {
            return nil
        }
    }

    private init?(words: [String]) {
        let pairs = Self.pairs(words)
        if words.contains(where: Self.identityWords.contains) || pairs.contains(where: Self.identityPairs.contains)
            || words == ["document"] || words == ["documento"]
        {
            self = .identity
        } else if words.contains(where: Self.phoneWords.contains) {
            self = .phone
        } else if words.contains(where: Self.accountWords.contains) || pairs.contains(where: Self.accountPairs.contains)
            || words == ["account"]
        {
            self = .account
        } else {
            return nil
        }
    }

    private static func pairs(_ words: [String]) -> [String] {
        zip(words, words.dropFirst()).map { "\($0) \($1)" }
    }

    /// Words that make a name harmless although it also contains a word for an identification number.
    private static let harmlessWords: Set<String> = [
        "type", "status", "label", "name", "date", "time", "at", "count", "total", "balance", "amount", "limit",
        "currency", "country", "url", "hash", "id", "ids", "uuid", "verified", "expiry", "network",
    ]

    private static let numberWords: Set<String> = ["number", "numero", "número", "value", "valor"]
    private static let documentWords: Set<String> = [
        "document", "documents", "documento", "licence", "license", "passport", "identification", "identity",
    ]
    private static let identityWords: Set<String> = [
        "cpf", "cnpj", "cpfcnpj", "sin", "ssn", "nif", "rg", "taxid", "passport",
    ]
    private static let identityPairs: Set<String> = [
        "tax number", "national number", "document number", "documento numero", "numero documento", "licence number",
        "license number", "identification number", "social insurance", "social security", "health card",
    ]
    private static let phoneWords: Set<String> = [
        "phone", "phones", "mobile", "cell", "cellphone", "telephone", "telefone", "telefones", "celular", "tel", "fax",
        "whatsapp", "msisdn",
    ]
    private static let accountWords: Set<String> = [
        "iban", "conta", "agencia", "agência", "branch", "routing", "transit", "pan",
    ]
    private static let accountPairs: Set<String> = [
        "account number", "account no", "account num", "account nr", "account code", "bank account", "card number",
        "partie number", "pix key", "chave pix",
    ]
}

/// Splits member names into words: `enquiryCpf`, `enquiry_cpf` and `enquiry-CPF` have the same two words.
enum NameWords {
    /// The maximum number of bytes of a name that are read.
    private static let byteCountLimit = 128

    /// The words in lower case and without digits: `CNPJNumber` has the words `cnpj` and `number`.
    static func words(of name: String) -> [String] {
        let bytes = Array(name.utf8.prefix(byteCountLimit))
        var words: [String] = []
        var word: [UInt8] = []
        func end() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
        }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                let isAfterLower = index > 0 && isLower(bytes[index - 1])
                let isBeforeLower = index + 1 < bytes.count && isLower(bytes[index + 1])
                if isAfterLower || isBeforeLower { end() }
                word.append(byte | 0x20)
            case _ where isLower(byte): word.append(byte)
            default: end()
            }
        }
        end()
        return words
    }

    /// True for a lower-case letter. All bytes of non-ASCII characters count as lower case.
    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte >= 0x80
    }
}
