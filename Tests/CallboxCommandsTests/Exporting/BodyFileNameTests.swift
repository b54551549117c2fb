import Testing

@testable import CallboxCommands
@testable import Transfer

@Suite("Names of exported bodies")
struct BodyFileNameTests {
    @Test(
        "a name has its number, its type and what it looks like",
        arguments: [
            ("income", #"{"a":1}"#, "42-income.json"), ("x", " [1] \n", "42-x.json"), ("x", "%PDF-1.7", "42-x.pdf"),
            ("x", "<!DOCTYPE HTML><p>", "42-x.html"), ("x", "", "42-x.txt"), ("x", "{]", "42-x.txt"),
        ])
    func name(type: String, body: String, name: String) {
        #expect(BodyFileName.name(.body(Array(body.utf8), type: type)) == name)
    }

    @Test(
        "nothing in a type chooses a place",
        arguments: [
            "../../etc/passwd", "/abs", "a\u{0}b", "..", ".", "é\u{202e}", String(repeating: "k", count: 400), "",
        ])
    func hostile(type: String) {
        let name = BodyFileName.name(.body([0xff], type: type, id: .max))
        #expect(name.wholeMatch(of: /[0-9]+-[A-Za-z0-9._-]+\.bin/) != nil)
        #expect(name.utf8.count <= 100)
    }
}
