/// The words of a member's name, whatever its spelling: `enquiryCpf`, `enquiry_cpf` and `enquiry-CPF` are two words.
enum NameWords {
    /// Names are short; of a longer one this many bytes count.
    private static let byteCountLimit = 128

    /// In lower case, digits left out. `CNPJNumber` is `cnpj` and `number`.
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

    /// Letters beyond ASCII count as small ones.
    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte >= 0x80
    }
}
