import Deliveries
import Testing

@testable import Providers

@Suite("Pages for a person's browser")
struct BrowserPageTests {
    private static func response(
        _ page: BrowserPage = .done, accepting languages: [String] = []
    ) -> (Response, HeaderFields) {
        let response = page.response(to: .with(headers: languages.map { HeaderField("accept-language", $0) }))
        return (response, HeaderFields(response.headers))
    }

    private static func language(_ accepted: String...) -> String? {
        response(accepting: accepted).1.onlyValue(named: "Content-Language")
    }

    private static func isPrivate(_ headers: HeaderFields) -> Bool {
        headers.onlyValue(named: "Cache-Control") == "no-store"
            && headers.onlyValue(named: "Referrer-Policy") == "no-referrer"
            && headers.onlyValue(named: "X-Content-Type-Options") == "nosniff"
    }

    @Test(
        "an allowed URL or the landing URL gets a private 303; any other URL gets a page without that URL",
        arguments: [
            ("https://app.example.com/a?b=c", nil, "https://app.example.com/a?b=c"), (nil, nil, nil),
            ("https://evil.example/<script>", nil, nil), (nil, "https://www.example.com/", "https://www.example.com/"),
        ])
    func redirect(url: String?, landing: String?, location: String?) throws {
        let policy = try RedirectPolicy(allowed: ["https://app.example.com"], landing: landing)
        let response = BrowserPage.redirect(.with(), to: url, policy)
        #expect(response.status == (location == nil ? 200 : 303))
        #expect(HeaderFields(response.headers).onlyValue(named: "Location") == location)
        #expect(response.body.isEmpty == (location != nil))
        #expect(!String(decoding: response.body, as: UTF8.self).contains("evil"))
        #expect(Self.isPrivate(HeaderFields(response.headers)))
    }

    @Test(
        "each page has a status and a title in each language, and loads no other files", arguments: BrowserPage.allCases
    )
    func pages(page: BrowserPage) {
        let expected: (status: Int, titles: [String]) =
            switch page {
            case .done: (200, ["Thank you", "Obrigado", "Merci"])
            case .notCompleted: (200, ["Not completed", "Não concluído", "Non terminé"])
            case .incompleteLink: (400, ["Incomplete link", "Link incompleto", "Lien incomplet"])
            case .tryAgain: (503, ["Please try again", "Tente novamente", "Veuillez réessayer"])
            case .linkTooLong: (414, ["Link too long", "Link longo demais", "Lien trop long"])
            }
        for (title, tag) in zip(expected.titles, ["en", "pt-BR", "fr"]) {
            let (response, headers) = Self.response(page, accepting: [tag])
            #expect(response.status == expected.status)
            #expect(headers.onlyValue(named: "Content-Type") == "text/html; charset=utf-8")
            #expect(headers.onlyValue(named: "Content-Language") == tag)
            #expect(headers.onlyValue(named: "Vary") == "Accept-Language")
            #expect(headers.onlyValue(named: "Retry-After") == (page == .tryAgain ? "5" : nil))
            let policy = headers.onlyValue(named: "Content-Security-Policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("script"))
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(text.contains("<html lang=\"\(tag)\">") && text.contains("<h1>\(title)</h1>"))
            #expect(!text.contains("src=") && !text.contains("href=") && !text.contains("<script"))
            #expect(Self.isPrivate(headers))
        }
    }

    @Test(
        "the first language with the highest weight is used; * means all other languages",
        arguments: [
            ("pt", "pt-BR"), ("pt-BR", "pt-BR"), ("PT-br,en;q=0.5", "pt-BR"), ("fr-CA, en;q=0.9", "fr"),
            ("en;q=0.2, pt;q=0.8, fr;q=0.9", "fr"), ("en;q=0.5,fr;q=0.501", "fr"), ("fr, pt", "fr"),
            ("pt, fr", "pt-BR"),
            ("de, fr;q=0.1", "fr"), ("pt-PT;q=0, pt;q=0.3", "pt-BR"), ("*", "en"), ("fr, *", "fr"), ("*, pt", "pt-BR"),
            ("*;q=0.5, en;q=0", "pt-BR"), ("en;q=0.1, *;q=0.2, pt;q=0", "fr"), ("fr \t; Q=1.000 ,en", "fr"),
            (" ,, ,fr", "fr"), ("fr;q=1.", "fr"),
        ])
    func accepted(header: String, language: String) {
        #expect(Self.language(header) == language)
    }

    @Test(
        "English is used if no language is accepted or the header is malformed",
        arguments: [
            "", "de", "frr", "p", "pt;q=0", "fr;q=0.000", "pt;q=1.001", "pt;q=2", "pt;q=-1", "pt;q=.5", "pt;q=0.1234",
            "pt;q=", "pt;q", "pt;x=1", "pt;q=1;q=1", "pt;q=0,5", "p\u{0301}t", "pt_BR", ";q=1", "fr\u{0}", "ｆｒ",
        ])
    func rejected(header: String) {
        #expect(Self.language(header) == "en")
    }

    @Test("header lines with the same name count as one list, and reading a long list stops at a limit")
    func bounds() {
        #expect(Self.language("de", "fr") == "fr")
        #expect(Self.language("de" + String(repeating: ",x", count: 30) + ",fr") == "fr")
        #expect(Self.language("de" + String(repeating: ",x", count: 31) + ",fr") == "en")
        #expect(Self.language("fr," + String(repeating: " ", count: 1021)) == "fr")
        #expect(Self.language("fr," + String(repeating: " ", count: 1022)) == "en")
        #expect(Self.language(String(repeating: "fr;", count: 300_000)) == "en")
    }
}
