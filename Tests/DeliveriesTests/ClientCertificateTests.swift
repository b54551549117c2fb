import Deliveries
import Testing

@Suite struct ClientCertificateTests {
    @Test("a fingerprint is read with or without colons and in either case")
    func accepted() {
        let digits = String(repeating: "0a9F", count: 16)
        let expected = ClientCertificate(fingerprint: digits.lowercased())
        let withColons = Array(repeating: "0A:9F", count: 16).joined(separator: ":")
        for text in [digits, digits.uppercased(), withColons] { #expect(ClientCertificate(text) == expected) }
    }

    @Test(
        "strings of another length or with other characters are not fingerprints",
        arguments: [
            "", "aa", String(repeating: "a", count: 40), String(repeating: "a", count: 63),
            String(repeating: "a", count: 65), String(repeating: "g", count: 64), String(repeating: "a:", count: 32),
            Array(repeating: "aa", count: 31).joined(separator: ":"), String(repeating: "é", count: 32),
        ])
    func rejected(text: String) {
        #expect(ClientCertificate(text) == nil)
    }
}
