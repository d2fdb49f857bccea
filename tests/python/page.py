"""Opens the emulator's page in a browser and does what people do there.

Nothing here sleeps: what should appear is looked for until it is there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import wave

import requests
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

ENDPOINT = os.environ["AZURE_SPEECH_ENDPOINT"]
KEY = os.environ["AZURE_SPEECH_KEY"]
ADMIN = ENDPOINT + "/__emulator/"
PATH = "/speech/recognition/conversation/cognitiveservices/v1"
SPOKEN, HOSTILE = sys.argv[1:]
TICKS_PER_SECOND = 10_000_000


def recognize(file=SPOKEN, query="language=en-US", **headers):
    headers = {"Content-Type": "audio/wav", "Ocp-Apim-Subscription-Key": KEY, **headers}
    headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    with open(file, "rb") as audio:
        return requests.post(ENDPOINT + PATH + "?" + query, headers=headers, data=audio.read())


def admin(path):
    answer = requests.get(ADMIN + path)
    answer.raise_for_status()
    return answer.json()


def loudness(values, parts):
    """The largest in each part, where the largest of all is 1."""
    ends = [n * len(values) // parts for n in range(parts + 1)]
    return [max(values[begin:end]) / max(values) for begin, end in zip(ends, ends[1:])]


class Page:
    def __init__(self, driver):
        self.driver = driver

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.textContent ?? null", selector)

    def until(self, what, condition):
        """What `condition` gives as soon as it gives something."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
        raise AssertionError(f"not seen: {what}\n{self.one('body').text}\n{self.driver.get_log('browser')}")

    def see(self, selector, part):
        self.until(f"{part!r} in {selector}", lambda: part in (self.text(selector) or ""))

    def newest(self, part):
        """Waits until the newest request shows `part`, and opens it."""
        self.see("#requests > li:first-child", part)
        self.one("#requests > li:first-child button").click()
        self.until("its part about the audio", lambda: not self.all("#detail [aria-busy]"))

    def fill(self, selector, value):
        field = self.one(selector)
        field.clear()
        field.send_keys(str(value))

    def arm(self, kind, times):
        Select(self.one("#kind")).select_by_value(kind)
        self.fill("#times", times)
        self.one("#arm button").click()

    def clipboard(self):
        return self.driver.execute_async_script(
            "const done = arguments[0]; navigator.clipboard.readText().then(done, (why) => done(`${why}`))")


def an_empty_page_opens(page):
    page.driver.get(ADMIN.rstrip("/"))
    assert page.driver.current_url == ADMIN, page.driver.current_url
    page.see("#empty", "No requests yet")
    page.see("#live", "live")
    assert admin("requests") == [], "the page itself is no request"


def a_request_appears_by_itself_with_its_words_at_their_times(page):
    detailed = recognize(query="language=en-US&format=detailed&wordLevelTimestamps=true").json()
    words = detailed["NBest"][0]["Words"]
    assert 4 < len(words)
    assert recognize().status_code == 200
    page.newest("Remind me to buy five pencils.")
    page.until("the waveform", lambda: page.all("#detail svg path"))
    with wave.open(SPOKEN) as clip:
        rate, length, width = clip.getframerate(), clip.getnframes(), clip.getsampwidth()
        samples = [abs(n) for n in memoryview(clip.readframes(length)).cast("h")]
    assert width == 2
    places = page.run("""
        const whole = document.querySelector("#detail svg").getBoundingClientRect();
        return [...document.querySelectorAll("#detail .word")].map((word) => {
            const place = word.getBoundingClientRect();
            return {
                text: word.textContent, isBelow: whole.bottom <= place.top + 1,
                from: (place.left - whole.left) / whole.width, share: place.width / whole.width,
            };
        });""")
    assert [place["text"] for place in places] == [word["Word"] for word in words]
    for place, word in zip(places, words):
        assert place["isBelow"], place
        for shown, ticks in [(place["from"], word["Offset"]), (place["share"], word["Duration"])]:
            expected = ticks / TICKS_PER_SECOND / (length / rate)
            assert abs(shown - expected) < 0.005, (place, word)
    # The shape is as loud as the samples are, at each time.
    path = page.one("#detail svg path").get_attribute("d")
    heights = [float(height) for height in re.findall(r"L[0-9]+ -([0-9.]+)", path)]
    parts = 50
    for shown, real in zip(loudness(heights, parts), loudness(samples, parts)):
        assert abs(shown - real) < 0.15, (shown, real)
    for part in ["coded", "words that are coded into the samples"]:
        page.see("#detail .why", part)


def the_word_that_is_played_is_marked(page):
    page.one("#detail .below button").click()
    page.until("a marked word", lambda: page.all("#detail .word.now") and page.all("#detail .wave .head"))
    assert page.text("#detail .below button") == "Stop"
    page.one("#detail .below button").click()
    assert page.text("#detail .below button") == "Play" and not page.all("#detail .word.now")


def a_refusal_says_why(page):
    assert recognize(query="").status_code == 400
    page.newest("400")
    for part in ["language-missing", "the query has neither language nor cid"]:
        page.see("#detail .why", part)
    evidence = next(rule["evidence"] for rule in admin("fidelity") if rule["id"] == "language-missing")
    assert page.text("#detail .rule .badge") == evidence


def the_command_works_and_holds_no_key(page):
    token = requests.post(ENDPOINT + "/sts/v1.0/issueToken", headers={"Ocp-Apim-Subscription-Key": KEY}).text
    own = {"User-Agent": "it's $(touch pwned) `touch pwned`"}
    for credential in [{}, {"Ocp-Apim-Subscription-Key": None, "Authorization": "Bearer " + token}]:
        before = len(admin("requests"))
        assert recognize(query="language=en-US&format=detailed", **own, **credential).status_code == 200
        page.see("#total", f"{before + 1} requests")
        page.newest("Remind me")
        page.one("#copy").click()
        page.see("#said", "Copied.")
        command = page.clipboard()
        assert command == page.text("#curl")
        for secret in [KEY, token, "fingerprint"]:
            assert secret not in command, command
        shell = {"PATH": os.environ["PATH"], "AZURE_SPEECH_KEY": KEY}
        answer = subprocess.run(["sh", "-c", command], env=shell, capture_output=True, text=True)
        assert answer.returncode == 0, answer
        assert json.loads(answer.stdout)["NBest"][0]["Display"] == "Remind me to buy five pencils.", answer
        again, first = admin("requests")[-1], admin("requests")[before]
        assert again["body_sha256"] == first["body_sha256"] and again["query"] == first["query"]
        assert ["user-agent", own["User-Agent"]] in again["headers"], again
    assert not os.path.exists("pwned")


def a_fault_strikes_as_often_as_it_is_told(page):
    page.one("#faults-button").click()
    page.arm("503", 1)
    page.see("#fault-list", "struck 0 of 1")
    assert page.text("#faults-count") == "1"
    assert [recognize().status_code, recognize().status_code] == [503, 200]
    page.see("#fault-list", "struck 1 of 1")
    assert page.text("#faults-count") == "0"
    page.see("#requests > li:nth-child(2)", "hit 1 of 1")
    page.one("#requests > li:nth-child(2) button").click()
    page.see("#detail .why", "a fault, before anything else")
    page.one("#fault-list li button").click()
    page.see("#no-faults", "Nothing goes wrong")
    page.until("no fault", lambda: not page.all("#fault-list li"))


def every_fault_on_offer_can_be_armed_and_switched_off(page):
    page.fill("#times", "")
    kinds = page.run("""
        const kind = document.querySelector("#kind");
        return [...kind.options].map((option) => {
            kind.value = option.value;
            kind.dispatchEvent(new Event("change"));
            document.querySelector("#arm button").click();
            return option.value;
        });""")
    assert 20 < len(kinds)
    page.until("all faults", lambda: len(page.all("#fault-list li")) == len(kinds))
    armed = admin("faults")
    named = [fault["transport"]["kind"] if "transport" in fault else str(fault["respond"]["status"]) for fault in armed]
    assert sorted(named) == sorted("418" if kind == "status" else kind for kind in kinds)
    page.one("#fault-list li input").click()
    page.until("it is off", lambda: page.text("#faults-count") == str(len(kinds) - 1))
    assert admin("faults")[0]["enabled"] is False
    page.one("#disarm-all").click()
    page.until("no fault", lambda: not page.all("#fault-list li"))
    assert admin("faults") == []
    page.one("#faults-button").click()


def a_token_ends_when_the_clock_is_advanced(page):
    token = requests.post(ENDPOINT + "/sts/v1.0/issueToken", headers={"Ocp-Apim-Subscription-Key": KEY}).text
    bearer = {"Ocp-Apim-Subscription-Key": None, "Authorization": "Bearer " + token}
    assert recognize(**bearer).status_code == 200
    page.fill("#seconds", 601)
    page.one("#advance button").click()
    page.see("#clock", "+601 s")
    assert recognize(**bearer).status_code == 401
    page.newest("401")
    page.see("#detail .why", "token-expired")


def what_clients_send_stays_text(page):
    script = "<script>window.pwned=1</script>"
    image = "<img src=x onerror=window.pwned=1>"
    assert recognize(query="language=" + script, User_Agent=image).status_code == 400
    page.newest(script)
    page.see("#detail .request", image)
    page.see("#detail .why", script)
    assert recognize(HOSTILE).status_code == 200
    page.newest(image)
    page.see("#detail .answer pre", json.dumps(image)[1:-1])
    # In lexical form nothing is left of the signs.
    assert [word.text for word in page.all("#detail .word")] == ["img", "srcx", "onerrorwindowpwned1"]
    fault = {"name": image, "respond": {"status": 503}, "enabled": False}
    requests.post(ADMIN + "faults", json=fault).raise_for_status()
    page.see("#fault-list", image)
    assert page.run("return window.pwned ?? null") is None
    assert page.run("return document.images.length") == 0
    assert page.run("return document.scripts.length") == 1
    # And if it were ever put in as HTML, the browser would not take it.
    refused = page.run("try { document.body.innerHTML = '<b>'; return null; } catch (error) { return error.name; }")
    assert refused == "TypeError", refused


def tenants_and_operations_are_told_apart(page):
    before = len(admin("requests"))
    assert recognize(**{"Ocp-Apim-Subscription-Key": "another-tenant"}).status_code == 200
    page.see("#total", f"{before + 1} requests")
    theirs = admin("requests")[-1]["tenant"]
    Select(page.one("#tenant")).select_by_value(theirs)
    page.until("one request", lambda: page.text("#total") == "1 request")
    Select(page.one("#operation")).select_by_value("token")
    page.until("no request", lambda: page.text("#total") == "0 requests")
    Select(page.one("#tenant")).select_by_value("")
    tokens = len(admin("requests?operation=token"))
    page.until("the tokens", lambda: page.text("#total") == f"{tokens} requests")
    Select(page.one("#operation")).select_by_value("")
    page.until("all", lambda: page.text("#total") == f"{before + 1} requests")


def keys_move_through_the_list(page):
    first, second = page.all("#requests > li button")[:2]
    first.click()
    first.send_keys(Keys.ARROW_DOWN)
    assert page.driver.switch_to.active_element == second
    assert second.get_attribute("aria-current") == "true"
    assert page.driver.current_url.endswith("#" + page.one("#requests > li:nth-child(2)").get_attribute("data-id"))
    second.send_keys(Keys.ESCAPE)
    page.see("#detail", "Choose a request")
    assert page.driver.switch_to.active_element == second


def a_narrow_screen_shows_one_thing_at_a_time(page):
    size = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    fits = "return document.documentElement.scrollWidth <= 400"
    assert page.run(fits)
    page.one("#requests > li button").click()
    assert page.run(fits)
    assert page.one("#detail").is_displayed() and not page.one("#requests").is_displayed()
    page.one("#detail .back").click()
    assert page.one("#requests").is_displayed() and not page.one("#detail").is_displayed()
    page.one("#faults-button").click()
    assert page.run(fits)
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    page.one("#faults-button").click()


def no_more_than_the_last_requests_are_shown(page):
    with requests.Session() as session:
        before = len(admin("requests"))
        for _ in range(200):
            session.get(ENDPOINT + "/elsewhere")
    page.until("the last ones", lambda: page.text("#total") == f"the last 200 of {before + 200}")
    assert len(page.all("#requests > li")) == 200
    order = page.run("return [...document.querySelectorAll('#requests > li')].map((row) => Number(row.dataset.id))")
    assert order == [entry["id"] for entry in reversed(admin("requests"))][:200]


def reset_puts_everything_back(page):
    page.one("#reset").click()
    page.until("no request", lambda: page.text("#total") == "0 requests")
    page.until("an empty journal", lambda: page.one("#empty").is_displayed() and not page.all("#requests > li"))
    assert admin("requests") == [] and admin("faults") == [] and admin("clock")["advanced"] == 0
    page.until("the clock", lambda: "+" not in page.text("#clock"))


STEPS = [
    an_empty_page_opens,
    a_request_appears_by_itself_with_its_words_at_their_times,
    the_word_that_is_played_is_marked,
    a_refusal_says_why,
    the_command_works_and_holds_no_key,
    a_fault_strikes_as_often_as_it_is_told,
    every_fault_on_offer_can_be_armed_and_switched_off,
    a_token_ends_when_the_clock_is_advanced,
    what_clients_send_stays_text,
    tenants_and_operations_are_told_apart,
    keys_move_through_the_list,
    a_narrow_screen_shows_one_thing_at_a_time,
    no_more_than_the_last_requests_are_shown,
    reset_puts_everything_back,
]


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in [
        "--headless=new",
        "--window-size=1280,900",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        # Nothing but loopback is ever asked.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        # The gate may run as the superuser, whom the sandbox refuses; the page is the project's own.
        "--no-sandbox",
    ]:
        options.add_argument(argument)
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    return webdriver.Chrome(options=options, service=service)


def main():
    with browser() as driver:
        granted = {"origin": ENDPOINT, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
        driver.execute_cdp_cmd("Browser.grantPermissions", granted)
        page = Page(driver)
        for step in STEPS:
            begin = time.monotonic()
            step(page)
            print(f"{step.__name__}: {time.monotonic() - begin:.2f} s")
        # The one attempt of `what_clients_send_stays_text`, and nothing else.
        complaints = [line["message"] for line in driver.get_log("browser") if line["level"] in ("WARNING", "SEVERE")]
        assert all("TrustedHTML" in message for message in complaints), complaints
    print("every step was taken")


main()
