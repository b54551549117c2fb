import Deliveries
import Testing

@testable import CallboxCommands

@Suite("Multipart bodies")
struct MultipartBodyTests {
    private static let type = "multipart/form-data; boundary=XyZ"

    private static func parts(_ body: String, _ type: String = type) -> [String]? {
        MultipartBody(Array(body.utf8), contentType: type)?.parts.map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test("parts are what stands between the boundaries, with names and types")
    func parts() throws {
        let text = """
            preamble\r\n--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\ntwo\r\n--XyZ\r\n\
            content-disposition: form-data; name=b; filename="x y.pdf"\r\nCONTENT-TYPE: application/pdf\r\n\r\n%PDF\r\n\
            --XyZ--\r\nepilogue
            """
        let body = try #require(MultipartBody(Array(text.utf8), contentType: Self.type))
        #expect(body.parts.map { String(decoding: $0.body, as: UTF8.self) } == ["one\r\ntwo", "%PDF"])
        #expect(body.parts.map(\.name) == ["a", "b"])
        #expect(body.parts.map(\.fileName) == [nil, "x y.pdf"])
        #expect(body.parts.map(\.contentType) == [nil, "application/pdf"])
    }

    @Test(
        "what is not quite in order is read as far as it goes",
        arguments: [
            ("--XyZ\n\nbare line feeds\n--XyZ--", ["bare line feeds"]), ("--XyZ\r\n\r\nno end", ["no end"]),
            ("--XyZ\r\n\r\n\r\n--XyZ--", [""]), ("--XyZ\r\nno empty line\r\n--XyZ--", ["no empty line"]),
            ("--XyZ\r\n\r\n--XyZzy\r\n--XyZ--", ["--XyZzy"]), ("--XyZ\n\n--XyZ\n\nb\n--XyZ", ["", "b", ""]),
        ])
    func lenient(body: String, expected: [String]) {
        #expect(Self.parts(body) == expected)
    }

    @Test(
        "anything else is no such body",
        arguments: [
            ("", type), ("text", type), ("--Xy\r\n\r\na\r\n--Xy--", type), ("--XyZ--\r\n", type),
            ("--XyZ\r\n\r\na", "text/plain; boundary=XyZ"), ("--XyZ\r\n\r\na", "multipart/form-data"),
            ("--\r\n\r\na", "multipart/form-data; boundary="), ("--XyZ\r\n\r\na", "multipart/form-data; bound=XyZ"),
        ])
    func refused(body: String, type: String) {
        #expect(Self.parts(body, type) == nil)
    }

    @Test("a boundary may stand in quotation marks, after other parameters, up to 70 bytes")
    func boundary() {
        #expect(Self.parts("--a b\r\n\r\nx", #"Multipart/Mixed; charset=utf-8; Boundary="a b""#) == ["x"])
        for (count, isTaken) in [(70, true), (71, false)] {
            let boundary = String(repeating: "x", count: count)
            #expect((Self.parts("--\(boundary)\n\nx", "multipart/mixed; boundary=\(boundary)") != nil) == isTaken)
        }
    }

    @Test("there are a thousand parts at most")
    func bound() {
        let body = String(repeating: "--XyZ\n\nx\n", count: 5000)
        let read = MultipartBody(Array(body.utf8), contentType: Self.type)
        #expect(read?.parts.count == 1000)
        #expect(read?.isCut == true)
        let whole = String(repeating: "--XyZ\n\nx\n", count: 1000) + "--XyZ--"
        #expect(MultipartBody(Array(whole.utf8), contentType: Self.type)?.parts.count == 1000)
        #expect(MultipartBody(Array(whole.utf8), contentType: Self.type)?.isCut == false)
    }
}
