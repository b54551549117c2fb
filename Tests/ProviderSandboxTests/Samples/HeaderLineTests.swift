import Testing

@testable import ProviderSandbox

@Suite("Header lines")
struct HeaderLineTests {
    private let lines = [HeaderLine("A", "1"), HeaderLine("host", "2"), HeaderLine("B", "3"), HeaderLine("Host", "4")]

    @Test("a value is found by name in any case, the first one first")
    func firstValue() {
        #expect(lines.firstValue(of: "HOST") == "2")
        #expect(lines.firstValue(of: "Hos") == nil)
    }

    @Test("a replaced line keeps its place and spelling, and its repetitions go")
    func replace() {
        var changed = lines
        changed.replaceValue(of: "Host", with: "x")
        #expect(changed == [HeaderLine("A", "1"), HeaderLine("host", "x"), HeaderLine("B", "3")])
        changed.replaceValue(of: "C", with: "y")
        #expect(changed.count == 3)
    }
}
