"""The machines that hold the rules of the house: what bin/check and bin/test run."""
