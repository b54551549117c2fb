import Deliveries
import Testing

@Suite("Responses")
struct ResponseTests {
    @Test("a JSON answer says so, before the headers given with it")
    func json() {
        let response = Response.json(503, #"{"a":"é"}"#, headers: [HeaderField("Retry-After", "5")])
        #expect(response.status == 503)
        #expect(response.headers == [HeaderField("Content-Type", "application/json"), HeaderField("Retry-After", "5")])
        #expect(response.body == Array(#"{"a":"é"}"#.utf8))
    }

    @Test("a text answer is plain, and no browser may take it for anything else")
    func text() {
        let response = Response.text(404, "<b>é</b>\n", headers: [HeaderField("Connection", "close")])
        #expect(response.status == 404)
        #expect(
            response.headers == [
                HeaderField("Content-Type", "text/plain; charset=utf-8"),
                HeaderField("X-Content-Type-Options", "nosniff"), HeaderField("Connection", "close"),
            ])
        #expect(response.body == Array("<b>é</b>\n".utf8))
    }
}
