import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Body file")
struct BodyFileTests {
    @Test("the last body is there exactly, readable by its owner only, whatever was there before")
    func replaces() throws {
        let folder = try TemporaryFolder()
        try folder.write("a longer text that was there before", to: "out")
        let path = folder.path + "/out"
        let file = try BodyFile(path: path)
        try file.write([1, 2, 3])
        try file.write([0x00, 0xff])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([0x00, 0xff]))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
    }

    @Test("a device, a folder and a missing folder are refused before anything is received")
    func refused() throws {
        let folder = try TemporaryFolder()
        for path in ["/dev/null", folder.path, folder.path + "/none/out"] {
            #expect(throws: SandboxFailure.self) { try BodyFile(path: path) }
        }
    }
}
