import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Sample folder")
struct SampleFolderTests {
    private static let request = "GET / HTTP/1.1\n\n"
    private static let expected = #"{"response":{"status":204,"body":"x"},"reports":[]}"#

    @Test("all cases come in order of name")
    func allCases() throws {
        let names = try Checkout.samples.cases(named: []).map(\.name)
        #expect(names == names.sorted())
        #expect(names == Sample.all.map(\.name))
        #expect(!names.isEmpty)
    }

    @Test("named cases come as they are named, twice where named twice")
    func namedCases() throws {
        let names = ["klavi/consent-events", "certn/centric-challenge", "klavi/consent-events"]
        #expect(try Checkout.samples.cases(named: names).map(\.name) == names)
    }

    @Test("folders without a request are no cases")
    func otherFolders() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.request, to: "p/one/request.http")
        try folder.write(Self.expected, to: "p/one/expected.json")
        try folder.write("x", to: "secrets/klavi")
        try folder.write("x", to: "p/notes/README.md")
        try folder.write(Self.request, to: ".hidden/case/request.http")
        let cases = try SampleFolder(path: folder.path).cases(named: [])
        #expect(cases.map(\.name) == ["p/one"])
        #expect(cases.first?.expectedStatus == 204)
        #expect(cases.first?.provider == "p")
    }

    @Test(
        "names that are no case are refused", arguments: ["klavi", "klavi/none", "../samples/klavi/consent-events", ""])
    func unknownNames(name: String) {
        #expect(throws: SandboxFailure.unknownCase(name: name, folder: Checkout.samplesPath)) {
            try Checkout.samples.cases(named: [name])
        }
    }

    @Test("a missing folder and one without cases are refused")
    func noCases() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SandboxFailure.missingFile(path: folder.path + "/none")) {
            try SampleFolder(path: folder.path + "/none").cases(named: [])
        }
        #expect(throws: SandboxFailure.self) { try SampleFolder(path: folder.path).cases(named: []) }
    }

    @Test(
        "an expected.json without a status is refused",
        arguments: ["", "{}", #"{"response":{}}"#, #"{"response":{"status":"200"}}"#, #"{"response":{"status":99}}"#])
    func badExpectation(json: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.request, to: "p/one/request.http")
        try folder.write(json, to: "p/one/expected.json")
        let path = folder.path + "/p/one/expected.json"
        #expect(throws: SandboxFailure.unreadableFile(path: path, problem: "it gives no response.status")) {
            try SampleFolder(path: folder.path).cases(named: ["p/one"])
        }
    }

    @Test("a missing expected.json and a broken request are refused")
    func incomplete() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.request, to: "p/one/request.http")
        try folder.write("GET /", to: "p/two/request.http")
        let samples = SampleFolder(path: folder.path)
        #expect(throws: SandboxFailure.missingFile(path: folder.path + "/p/one/expected.json")) {
            try samples.cases(named: ["p/one"])
        }
        let problem = RequestFile.Problem.noEmptyLine.rawValue
        #expect(throws: SandboxFailure.unreadableFile(path: folder.path + "/p/two/request.http", problem: problem)) {
            try samples.cases(named: ["p/two"])
        }
    }
}
