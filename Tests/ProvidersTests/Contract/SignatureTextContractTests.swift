import Deliveries
import Foundation
import Providers
import Testing

@Suite("Signature encodings")
struct SignatureTextContract {
    @Test("hexadecimal digits of either case are accepted", arguments: ProofScheme.hexadecimal)
    func hex(_ scheme: ProofScheme) {
        #expect(scheme.verify(scheme.request { Hex.encode($0) }) == .verified(secretName: "primary"))
        #expect(scheme.verify(scheme.request { Hex.encode($0).uppercased() }) == .verified(secretName: "primary"))
    }

    @Test("the prefix sha256= is allowed", arguments: ProofScheme.hexadecimal)
    func algorithm(_ scheme: ProofScheme) {
        #expect(scheme.verify(scheme.request { "sha256=" + Hex.encode($0) }) == .verified(secretName: "primary"))
        for prefix in ["sha1=", "SHA256=", "sha256 ", "sha256=sha256=", "0x", "="] {
            #expect(scheme.verify(scheme.request { prefix + Hex.encode($0) }) == .failed(.malformed), "\(prefix)")
        }
    }

    @Test("a different number of digits is malformed", arguments: ProofScheme.hexadecimal)
    func length(_ scheme: ProofScheme) {
        for count in [0, 1, 2, 16, 32, 62, 63] {
            #expect(scheme.verify(scheme.request { String(Hex.encode($0).prefix(count)) }) == .failed(.malformed))
        }
        for suffix in ["0", "00", "ff", " 0"] {
            #expect(scheme.verify(scheme.request { Hex.encode($0) + suffix }) == .failed(.malformed))
        }
        #expect(scheme.verify(scheme.request { Hex.encode($0 + $0) }) == .failed(.malformed))
    }

    @Test(
        "a character that is not a digit is malformed", arguments: ProofScheme.hexadecimal,
        ["g", "-", ".", "\0", "é", "０", "~"])
    func noDigit(_ scheme: ProofScheme, _ character: String) {
        let count = character.utf8.count
        #expect(scheme.verify(scheme.request { character + Hex.encode($0).dropFirst(count) }) == .failed(.malformed))
        #expect(scheme.verify(scheme.request { Hex.encode($0).dropLast(count) + character }) == .failed(.malformed))
    }

    @Test("any single wrong digit is a mismatch", arguments: ProofScheme.hexadecimal)
    func wrongDigit(_ scheme: ProofScheme) {
        for position in 0..<64 {
            let request = scheme.request { code in
                var digits = Array(Hex.encode(code))
                digits[position] = digits[position] == "0" ? "1" : "0"
                return String(digits)
            }
            #expect(scheme.verify(request) == .failed(.mismatch), "digit \(position)")
        }
    }

    @Test("if the encoding is not documented, base64 is accepted in both alphabets, with or without padding")
    func base64() {
        for scheme in ProofScheme.base64 {
            for (name, written) in Self.base64Forms {
                #expect(scheme.verify(scheme.request(written: written)) == .verified(secretName: "primary"), "\(name)")
            }
        }
    }

    @Test("if hexadecimal digits are documented, base64 is malformed")
    func noBase64() {
        for scheme in ProofScheme.hexadecimal where !scheme.acceptsBase64 {
            for (name, written) in Self.base64Forms {
                #expect(scheme.verify(scheme.request(written: written)) == .failed(.malformed), "\(name)")
            }
        }
    }

    @Test("non-canonical base64 of the correct bytes is malformed")
    func notCanonical() {
        for scheme in ProofScheme.base64 {
            let request = scheme.request { code in
                // In the base64 of 32 bytes the last digit has unused bits. In canonical text they are zero.
                let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
                var text = Array(Data(code).base64EncodedString())
                let last = text[42]
                text[42] = alphabet[(alphabet.firstIndex(of: last) ?? 0) + 1]
                return String(text)
            }
            #expect(scheme.verify(request) == .failed(.malformed))
        }
    }

    @Test("base64 of a different number of bytes is malformed", arguments: [0, 16, 31, 33, 64])
    func base64Length(byteCount: Int) {
        for scheme in ProofScheme.base64 {
            let request = scheme.request { Data(($0 + $0).prefix(byteCount)).base64EncodedString() }
            #expect(scheme.verify(request) == .failed(.malformed))
        }
    }

    private static let base64Forms: [(name: String, written: @Sendable ([UInt8]) -> String)] = [
        ("padded", { Data($0).base64EncodedString() }),
        ("unpadded", { String(Data($0).base64EncodedString().dropLast()) }),
        ("URL-safe", { urlSafe($0) }),
        ("sha256=", { "sha256=" + Data($0).base64EncodedString() }),
    ]

    @Sendable
    private static func urlSafe(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }
}
