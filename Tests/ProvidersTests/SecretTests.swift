import Deliveries
import Providers
import Testing

@Suite("Secrets")
struct SecretTests {
    private static let text = "hunter2-hunter2"
    private static let secret = Secret(name: "primary", purpose: .bearer, identity: "hook", bytes: Array(text.utf8))

    /// All default descriptions that Swift creates for a value.
    private func descriptions(of value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(describing: value), String(reflecting: value), dumped]
    }

    @Test("no description of a secret, or of a value that contains it, shows its bytes")
    func descriptions() {
        let policy = OriginPolicy.required(secrets: [Self.secret], toleranceMilliseconds: 1)
        let source = Source(name: "klavi", provider: KlaviProvider(), path: "/klavi", originPolicy: policy)
        let holders: [Any] = [
            Self.secret, [Self.secret], [Self.secret].first as Any, policy, source, SourceTable([source]),
            ["key": Self.secret], (Self.secret, 1),
        ]
        let numbers = Self.text.utf8.map { "\($0)" }.joined(separator: ",")
        for text in holders.flatMap({ descriptions(of: $0) }) {
            #expect(!text.contains("hunter"), "\(text)")
            // Swift shows an array of bytes as numbers, either on one line or with one number per line.
            #expect(!text.split { !$0.isNumber }.joined(separator: ",").contains(numbers), "\(text)")
        }
    }

    @Test("the description of a secret is its name")
    func name() {
        #expect("\(Self.secret)" == "Secret(primary)")
        #expect(String(reflecting: Self.secret) == "Secret(primary)")
    }

    @Test("reflection of a secret finds only its name")
    func reflection() {
        #expect(Mirror(reflecting: Self.secret).children.map(\.label) == ["name"])
        #expect(Mirror(reflecting: Self.secret).children.map { "\($0.value)" } == ["primary"])
    }
}
