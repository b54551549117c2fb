import Deliveries
import Foundation
import TestKit
import Testing

@Suite("Base 64")
struct Base64TextTests {
    @Test(
        "the vectors of RFC 4648 §10 are decoded, with and without padding",
        arguments: [
            ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ])
    func vectors(_ text: String, _ plain: String) {
        #expect(Base64Text.decode(text.utf8) == Array(plain.utf8))
        let unpadded = text.prefix { $0 != "=" }
        #expect(Base64Text.decode(unpadded.utf8) == Array(plain.utf8))
    }

    @Test("the standard and the URL-safe alphabet are decoded")
    func alphabets() {
        let bytes: [UInt8] = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff]
        #expect(Base64Text.decode("++++////".utf8) == bytes)
        #expect(Base64Text.decode("----____".utf8) == bytes)
        #expect(Base64Text.decode("+-+-/_/_".utf8) == bytes)
    }

    @Test("bytes are encoded as Foundation encodes them, and decoded from both alphabets")
    func foundation() {
        var generator = SplitMix64(seed: 3)
        for count in 0..<300 {
            let bytes = generator.bytes(count)
            let text = Data(bytes).base64EncodedString()
            #expect(Base64Text.encode(bytes) == text)
            #expect(Base64Text.decode(text.utf8) == bytes)
            let urlSafe = text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" }
            #expect(Base64Text.decode(String(urlSafe).utf8) == bytes)
        }
    }

    @Test(
        "misplaced padding is rejected",
        arguments: [
            "=", "==", "===", "====", "Zg=", "Zg===", "Zm8==", "Zm9v=", "Zm9v==", "Zm9v====", "Z===", "=Zg=", "Zg=x",
            "Zg==Zg==",
        ])
    func padding(_ text: String) {
        #expect(Base64Text.decode(text.utf8) == nil)
    }

    @Test("an impossible length is rejected", arguments: ["Z", "Zm9vY", "AAAAAAAAA"])
    func length(_ text: String) {
        #expect(Base64Text.decode(text.utf8) == nil)
    }

    @Test("unused bits must be zero", arguments: ["Zh==", "Zh", "Zv==", "Zm9=", "Zm9", "Zm//Zm9="])
    func notCanonical(_ text: String) {
        #expect(Base64Text.decode(text.utf8) == nil)
    }

    @Test(
        "a character outside of both alphabets is rejected",
        arguments: ["Zg ==", " Zg==", "Zg==\n", "Zm\r\n9v", "Zm9v.", "Zm,v", "Zm9é", "Zm9\0", "Z*9v", "%2B++"])
    func otherCharacters(_ text: String) {
        #expect(Base64Text.decode(text.utf8) == nil)
    }

    @Test("only the 64 characters and their two URL-safe equivalents are digits")
    func digits() {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_".utf8)
        for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "=") {
            #expect((Base64Text.decode([byte, byte, byte, byte]) != nil) == digits.contains(byte), "byte \(byte)")
        }
    }
}
