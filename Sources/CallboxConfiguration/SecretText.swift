internal import Providers

/// Finds typical mistakes from pasting, exporting or saving a secret, before its text is used as a key. Messages never
/// contain the secret.
package enum SecretText {
    typealias Fault = (fault: String, advice: String)

    /// The bytes without trailing line breaks. Editors and `echo` add line breaks.
    package static func withoutLineEnds(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes.prefix((bytes.lastIndex { $0 != 0x0a && $0 != 0x0d } ?? -1) + 1))
    }

    /// - Parameters:
    ///   - bytes: the secret without trailing line breaks.
    ///   - isPassword: true if a person may have chosen the secret. It may then contain any characters.
    ///   - variable: the environment variable that contains the secret; nil for a file.
    static func fault(in bytes: [UInt8], isPassword: Bool, variable: String?) -> Fault? {
        guard !bytes.isEmpty else { return ("it is empty", "Set it to the secret that the provider shows.") }
        if let fault = encoding(bytes) { return fault }
        // A file may contain a key of random bytes.
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        if let fault = otherKey(text) { return fault }
        if bytes.contains(0x0a) || bytes.contains(0x0d) { return ("it has several lines", list) }
        return invisible(text) ?? quoted(text, isPassword: isPassword) ?? several(text)
            ?? surroundings(text, variable) ?? template(text)
    }

    private static func encoding(_ bytes: [UInt8]) -> Fault? {
        let advice = "Save it as UTF-8 without a byte order mark. In PowerShell, use 'Set-Content -Encoding ascii'."
        let isWide = bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
        if isWide || bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            return ("it is saved as UTF-16", advice)
        }
        return bytes.starts(with: [0xef, 0xbb, 0xbf]) ? ("it begins with a byte order mark", advice) : nil
    }

    /// Detects keys of other kinds.
    private static func otherKey(_ text: String) -> Fault? {
        let shared = "Use the shared signing secret that the provider shows."
        if text.contains("-----BEGIN ") {
            let kind =
                text.contains("PRIVATE KEY")
                ? "a private key" : text.contains("CERTIFICATE") ? "a certificate" : "a public key"
            return ("it is \(kind) (PEM)", shared)
        }
        if text.hasPrefix("whpk_") {
            return ("it is a public key (whpk_)", "Use the signing secret, which begins with whsec_.")
        }
        if text.hasPrefix("whsk_") {
            return (
                "it is a private key (whsk_) of asymmetric signatures",
                "Use the signing secret, which begins with whsec_."
            )
        }
        if text.hasPrefix("pk_live_") || text.hasPrefix("pk_test_") { return ("it is a publishable key (pk_)", shared) }
        return text.hasPrefix("ssh-") ? ("it is an SSH key", shared) : nil
    }

    /// Detects white space around the secret and invisible characters in it.
    private static func invisible(_ text: String) -> Fault? {
        func isSpace(_ scalar: Unicode.Scalar?) -> Bool { scalar?.properties.isWhitespace == true }
        if isSpace(text.unicodeScalars.first) || isSpace(text.unicodeScalars.last) {
            return ("it begins or ends with white space", "Remove the white space.")
        }
        let hidden = text.unicodeScalars.first { scalar in
            scalar != " " && scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
                || scalar.properties.generalCategory == .control
        }
        guard let hidden else { return nil }
        let digits = String(hidden.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return (
            "it has an invisible character (\(name))", "Type the secret, or copy it again from the provider's page."
        )
    }

    private static func quoted(_ text: String, isPassword: Bool) -> Fault? {
        let pairs: [(Character, Character)] = [
            ("\"", "\""), ("'", "'"), ("`", "`"), ("“", "”"), ("‘", "’"), ("«", "»"), ("„", "“"),
        ]
        guard let first = text.first, let last = text.last else { return nil }
        if text.count > 1, pairs.contains(where: { $0 == (first, last) }) {
            return ("it is in quotes", "Remove the quotes.")
        }
        guard !isPassword, pairs.contains(where: { $0.0 == first || $0.1 == last }) else { return nil }
        return ("it begins or ends with a quotation mark", "Remove the quotation mark.")
    }

    private static let list = "Store each secret in its own variable or file, and list all secrets under 'secrets'."

    /// Detects a list of secrets: each part is long enough to be a secret, and all parts have the same length or
    /// prefix.
    private static func several(_ text: String) -> Fault? {
        if text.hasPrefix("v1a,") {
            return ("it is a key of asymmetric signatures (v1a)", "Use the signing secret, which begins with whsec_.")
        }
        if text.hasPrefix("v1,whsec_") {
            return ("it begins with a version", "Remove everything before whsec_.")
        }
        let parts = text.split { " ,;|".contains($0) }
        let isSeveral = text.ranges(of: "whsec_").count > 1 || text.contains("whsec_") && parts.count > 1
        let areAlike =
            parts.count > 1 && parts.allSatisfy { $0.utf8.count >= 16 } && Set(parts.map(\.utf8.count)).count == 1
        return isSeveral || areAlike ? ("it holds several secrets", list) : nil
    }

    /// Detects a name or a scheme in front of the secret.
    private static func surroundings(_ text: String, _ variable: String?) -> Fault? {
        let name = text.prefix { $0 != "=" }.split(separator: " ").last ?? ""
        let isName =
            (name.contains("_") || ["APIKEY", "KEY", "PASSWORD", "SECRET", "TOKEN"].contains(name))
            && name.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
        let commands = ["export ", "set ", "$env:", "setx "]
        let isCommand = commands.contains { text.lowercased().hasPrefix($0) }
        if text.contains("="), isName || isCommand || variable.map({ name == $0 }) == true {
            return ("it begins with the name of a variable", "Remove everything up to and including the equals sign.")
        }
        if text.hasPrefix("{\""), text.hasSuffix("}") {
            return ("it is JSON", "Keep only the value of the secret, without its name and quotes.")
        }
        let label = text.prefix { $0 != ":" }.lowercased()
        let isLabel =
            text.contains(": ") && ["secret", "key", "token", "password"].contains { label.hasSuffix($0) }
            && label.utf8.count <= 32
        if isLabel { return ("it begins with a name and a colon", "Remove everything up to and including the colon.") }
        for word in ["Bearer ", "Basic ", "Authorization:"] where text.lowercased().hasPrefix(word.lowercased()) {
            return ("it begins with '\(word.filter { $0 != " " })'", "Remove the word; Callbox adds it.")
        }
        return nil
    }

    private static let placeholders = [
        "changeme", "changethis", "replaceme", "replacewith", "yoursecret", "yourapikey", "yourkey", "yourtoken",
        "yourpassword", "insertsecret", "insertyour", "placeholder", "secrethere",
    ]
    private static let words = ["todo", "tbd", "undefined", "null", "none", "secret", "password", "xxx"]
    private static let references = ["op://", "vault:", "arn:aws:", "ssm:", "sm://", "projects/", "ref+", "aws-ssm://"]

    /// Detects a placeholder that a program or a person should have replaced with the secret.
    private static func template(_ text: String) -> Fault? {
        let advice = "Replace it with the secret that the provider shows."
        let frames = [("${", "}"), ("{{", "}}"), ("<", ">"), ("%", "%"), ("$(", ")"), ("[", "]")]
        let isFramed = frames.contains {
            text.count > $0.0.count + $0.1.count && text.hasPrefix($0.0) && text.hasSuffix($0.1)
        }
        let isVariable =
            text.hasPrefix("$")
            && text.dropFirst().allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
        if isFramed || isVariable { return ("it is a template that was not filled in", advice) }
        let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
        if words.contains(letters) || placeholders.contains(where: { letters.hasPrefix($0) }) {
            return ("it is a placeholder", advice)
        }
        if references.contains(where: { text.hasPrefix($0) }) {
            return (
                "it is a reference to a secret store; Callbox does not resolve references",
                "Configure the secret store to write the secret to the variable or file."
            )
        }
        let isMasked = Set(text).count == 1 && "*•xX.-_".contains(text.first ?? " ")
        if isMasked || text.contains("…") || text.contains("***") || text.contains("•••") {
            return ("it is masked or truncated", "Reveal the secret on the provider's page and copy all of it.")
        }
        return nil
    }
}
